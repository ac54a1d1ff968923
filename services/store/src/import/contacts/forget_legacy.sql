-- needs: resolve.sql
-- $1 institution.
DELETE FROM activity a
USING resolved r
WHERE a.institution_id = $1
  AND a.contact_id = r.contact_id
  AND a.activity_id = r.legacy_id
  AND r.outcome = 'changed'
