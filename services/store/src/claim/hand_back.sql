-- $1 institution, $2 occurrence, $3 channel, $4 contact, $5 attempt, $6 token, $7 how the attempt ended.
WITH attempted AS (
    UPDATE attempt
    SET ended_at = clock_timestamp(),
        outcome = $7
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND channel = $3
      AND contact_id = $4
      AND attempt_no = $5
      AND claim_token = $6
      AND outcome IS NULL
    RETURNING contact_id
)
UPDATE outbox o
SET claim_token = NULL,
    claimed_at = NULL,
    worker_id = NULL,
    published_at = NULL
FROM attempted a
WHERE o.institution_id = $1
  AND o.occurrence_id = $2
  AND o.channel = $3
  AND o.contact_id = $4
  AND o.claim_token = $6
