-- $1 institution, $2 occurrence, $3 channel, $4 contact, $5 attempt, $6 token, $7 the address of now.
-- Attempt and lease carry one stamp: settlement reads the lease, the proof reads the attempt.
WITH attempted AS (
    UPDATE attempt
    SET claimed_at = clock_timestamp()
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND channel = $3
      AND contact_id = $4
      AND attempt_no = $5
      AND claim_token = $6
      AND outcome IS NULL
      AND address_hash = $7
    RETURNING claimed_at
)
UPDATE outbox o
SET claimed_at = a.claimed_at
FROM attempted a
WHERE o.institution_id = $1
  AND o.occurrence_id = $2
  AND o.channel = $3
  AND o.contact_id = $4
  AND o.claim_token = $6
RETURNING true
