-- needs: resolve.sql
-- $1 institution.
UPDATE activity a
SET as_of = r.as_of
FROM resolved r
WHERE a.institution_id = $1
  AND a.activity_id = r.row_id
  AND r.outcome = 'confirmed'
