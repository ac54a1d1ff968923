-- needs: resolve.sql
-- $1 institution.
INSERT INTO criterion (institution_id, code, name, value_type, choices, as_of, content_hash)
SELECT $1, code, name, value_type, ARRAY(SELECT jsonb_array_elements_text(choices::jsonb)), as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
ON CONFLICT (institution_id, code)
DO UPDATE SET name = excluded.name, choices = excluded.choices, as_of = excluded.as_of, content_hash = excluded.content_hash
