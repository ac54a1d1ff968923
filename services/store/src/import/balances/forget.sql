-- needs: resolve.sql
-- $1 institution. A corrected balance may be another contact's.
DELETE FROM balance b
USING resolved r
WHERE b.institution_id = $1
  AND b.balance_id = r.row_id
  AND r.outcome = 'changed'
