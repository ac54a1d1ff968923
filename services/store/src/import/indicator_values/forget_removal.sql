-- needs: resolve.sql
-- $1 institution. What was removed has a value again.
DELETE FROM indicator_removal d
USING resolved r
WHERE d.institution_id = $1
  AND d.contact_id = r.contact_id
  AND d.indicator_id = r.indicator_id
  AND d.organisation_id = r.organisation_id
  AND r.outcome = 'changed'
  AND r.value IS NOT NULL
