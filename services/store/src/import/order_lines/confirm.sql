-- needs: resolve.sql
-- $1 institution.
UPDATE order_line o
SET as_of = r.as_of
FROM resolved r
WHERE o.institution_id = $1
  AND o.line_id = r.row_id
  AND r.outcome = 'confirmed'
