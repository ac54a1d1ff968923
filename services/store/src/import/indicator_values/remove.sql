-- needs: resolve.sql
-- $1 institution. The instant of a removal outlives the value: an earlier file that comes late does not bring it back.
INSERT INTO indicator_removal (institution_id, contact_id, indicator_id, organisation_id, as_of, content_hash)
SELECT $1, contact_id, indicator_id, organisation_id, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
  AND value IS NULL
ON CONFLICT (institution_id, contact_id, indicator_id, organisation_id)
DO UPDATE SET as_of = excluded.as_of, content_hash = excluded.content_hash
