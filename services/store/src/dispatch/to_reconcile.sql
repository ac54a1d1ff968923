-- $1 only those with nothing left to take and nothing in the outbox. A launch that waits has rows to publish, which are found by
-- their index; only without any is what stands in the broker looked through.
SELECT l.institution_id, l.occurrence_id
FROM launch l
WHERE l.state = 0
  AND (NOT $1
       OR l.cursor = 9223372036854775807
          AND NOT EXISTS (
              SELECT
              FROM outbox o
              WHERE o.institution_id = l.institution_id
                AND o.occurrence_id = l.occurrence_id
                AND o.published_at IS NULL
          )
          AND NOT EXISTS (
              SELECT
              FROM outbox o
              WHERE o.institution_id = l.institution_id
                AND o.occurrence_id = l.occurrence_id
                AND o.published_at IS NOT NULL
          ))
ORDER BY l.launched_at, l.institution_id, l.occurrence_id
