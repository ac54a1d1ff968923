-- $1 institution, $2 occurrence, $3 the state "done".
UPDATE launch l
SET state = $3
WHERE l.institution_id = $1
  AND l.occurrence_id = $2
  AND l.cursor = 9223372036854775807
  AND NOT EXISTS (
      SELECT
      FROM message m
      WHERE m.institution_id = $1
        AND m.occurrence_id = $2
        AND m.state = 0
  )
