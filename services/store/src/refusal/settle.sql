-- $1 institution. A refusal is settled when no lease on its gates is older than it: newer claims saw it.
UPDATE refusal r
SET settled_at = clock_timestamp()
WHERE r.institution_id = $1
  AND r.settled_at IS NULL
  AND NOT EXISTS (
      SELECT
      FROM outbox o
      WHERE o.institution_id = $1
        AND o.contact_id = r.contact_id
        AND o.channel = r.channel
        AND o.claim_token IS NOT NULL
        AND o.claimed_at <= r.committed_at
  )
