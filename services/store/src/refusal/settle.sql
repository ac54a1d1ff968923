-- $1 institution, $2 machine clock. A refusal is settled when no lease on its gates is older than it: newer claims saw it. A lease
-- of fifteen seconds counts no more, whether or not its worker lived to record its end (delivery G1): a claim holds for five, and
-- what a socket still carried is given up ten later.
UPDATE refusal r
SET settled_at = least(clock_timestamp(), r.committed_at + interval '15 seconds')
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
        AND o.claimed_at > $2::timestamptz - interval '15 seconds'
  )
