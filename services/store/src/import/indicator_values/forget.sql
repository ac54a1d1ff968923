-- needs: resolve.sql
-- $1 institution. An empty value removes the one before.
DELETE FROM indicator_value v
USING resolved r
WHERE v.institution_id = $1
  AND v.contact_id = r.contact_id
  AND v.indicator_id = r.indicator_id
  AND v.organisation_id = r.organisation_id
  AND r.outcome = 'changed'
  AND r.value IS NULL
