-- needs: resolve.sql
-- $1 institution. A row is the whole record: what it does not say is no longer so.
DELETE FROM criterion_value v
USING resolved r
WHERE v.institution_id = $1
  AND v.contact_id = r.contact_id
  AND r.outcome = 'changed'
