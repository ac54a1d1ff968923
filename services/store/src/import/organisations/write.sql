-- needs: resolve.sql
-- $1 institution, $2 source.
INSERT INTO organisation (institution_id, source, external_id, name, as_of, content_hash)
SELECT $1, $2, external_id, name, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
ON CONFLICT (institution_id, source, external_id)
DO UPDATE SET name = excluded.name, as_of = excluded.as_of, content_hash = excluded.content_hash
