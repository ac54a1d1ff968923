-- $1 how long a lost worker must have been silent, $2 how many at most.
SELECT o.institution_id, o.occurrence_id, o.contact_id, o.channel, o.attempts, o.claim_token, w.ended_at IS NULL AS lost
FROM outbox o
JOIN worker w
  ON w.worker_id = o.worker_id
WHERE o.claim_token IS NOT NULL
  AND (w.ended_at IS NOT NULL
       OR w.lost_at IS NOT NULL AND w.beat_at < clock_timestamp() - $1::interval)
LIMIT $2
