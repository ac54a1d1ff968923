-- $1 institution, $2 worker, $3 age.
SELECT occurrence_id, contact_id, channel, attempts, claim_token
FROM outbox
WHERE institution_id = $1
  AND worker_id = $2
  AND claim_token IS NOT NULL
  AND claimed_at <= clock_timestamp() - $3::interval
