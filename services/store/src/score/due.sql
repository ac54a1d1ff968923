-- $1 institution, $2 today.
SELECT institution_id
FROM score_run
WHERE institution_id = $1
  AND computed_on IS DISTINCT FROM $2
FOR UPDATE SKIP LOCKED
