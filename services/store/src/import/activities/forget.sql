-- needs: resolve.sql
-- $1 institution. A corrected activity may be another contact's; returns whose it was.
DELETE FROM activity a
USING resolved r
WHERE a.institution_id = $1
  AND a.activity_id = r.row_id
  AND r.outcome = 'changed'
RETURNING a.contact_id
