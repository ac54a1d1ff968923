-- needs: resolve.sql
-- $1 institution.
UPDATE balance b
SET as_of = r.as_of
FROM resolved r
WHERE b.institution_id = $1
  AND b.balance_id = r.row_id
  AND r.outcome = 'confirmed'
