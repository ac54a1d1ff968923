-- needs: resolve.sql
-- $1 institution.
INSERT INTO indicator (institution_id, code, name, value_type, as_of, content_hash)
SELECT $1, code, name, value_type, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
ON CONFLICT (institution_id, code)
DO UPDATE SET name = excluded.name, as_of = excluded.as_of, content_hash = excluded.content_hash
