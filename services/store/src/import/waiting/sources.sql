-- $1 institution, $2 kind, $3 kinds that came, $4 source of the run. Criteria are of no source: rows of all may wait for one.
SELECT DISTINCT source
FROM waiting_row
WHERE institution_id = $1
  AND kind = $2
  AND parent_kind = ANY ($3)
  AND (source = $4 OR parent_kind = 'criteria')
ORDER BY source
