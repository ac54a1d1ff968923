-- Running launches with rows beyond the cursor or due again, the oldest first. A cursor at the largest number is exhausted.
SELECT l.institution_id, l.occurrence_id, l.channel, l.lane
FROM launch l
CROSS JOIN installation i
WHERE l.state = 0
  AND (l.cursor < 9223372036854775807
       OR EXISTS (
           SELECT
           FROM outbox o
           WHERE o.institution_id = l.institution_id
             AND o.occurrence_id = l.occurrence_id
             AND o.published_at IS NULL
             AND o.claim_token IS NULL
             AND o.due_at <= clock_timestamp() + i.clock_offset_us * interval '1 microsecond'
       ))
ORDER BY l.launched_at, l.institution_id, l.occurrence_id
