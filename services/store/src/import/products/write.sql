-- needs: resolve.sql
-- $1 institution, $2 source.
INSERT INTO product (institution_id, source, external_id, organisation_id, name, category, valid_on, state, as_of, content_hash)
SELECT $1, $2, external_id, organisation_id, name, category, valid_on, state, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
ON CONFLICT (institution_id, source, external_id)
DO UPDATE SET
    organisation_id = excluded.organisation_id,
    name = excluded.name,
    category = excluded.category,
    valid_on = excluded.valid_on,
    state = excluded.state,
    as_of = excluded.as_of,
    content_hash = excluded.content_hash
