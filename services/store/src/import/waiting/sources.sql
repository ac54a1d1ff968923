-- $1 institution, $2 kind, $3 source of the run. Criteria and indicators are of no source: rows of all may wait for one.
SELECT DISTINCT source
FROM waiting_row
WHERE institution_id = $1
  AND kind = $2
  AND (source = $3 OR parent_kind IN ('criteria', 'indicators'))
ORDER BY source
