-- needs: resolve.sql
-- $1 institution.
DELETE FROM order_line o
USING resolved r
WHERE o.institution_id = $1
  AND o.line_id = r.row_id
  AND r.outcome = 'changed'
