-- $1 institution, $2 occurrence, $3 business now, $4 how many at most.
-- Behind the cursor, not final and not in the outbox: lost, by whatever means. An attempt without an end brings its lease
-- back, because its message may have been on the wire: whoever holds it, or lease recovery, says what became of it.
INSERT INTO outbox (institution_id, occurrence_id, contact_id, channel, lane, attempts, due_at, claim_token, claimed_at, worker_id)
SELECT m.institution_id, m.occurrence_id, m.contact_id, m.channel, l.lane, coalesce(last.attempt_no, 0), $3,
       CASE WHEN last.outcome IS NULL THEN last.claim_token END,
       CASE WHEN last.outcome IS NULL THEN last.claimed_at END,
       CASE WHEN last.outcome IS NULL THEN last.worker_id END
FROM launch l
JOIN message m
  ON m.institution_id = l.institution_id
 AND m.occurrence_id = l.occurrence_id
 AND m.contact_id <= l.cursor
 AND m.state = 0
LEFT JOIN LATERAL (
    SELECT a.attempt_no, a.outcome, a.claim_token, a.claimed_at, a.worker_id
    FROM attempt a
    WHERE a.institution_id = m.institution_id
      AND a.occurrence_id = m.occurrence_id
      AND a.contact_id = m.contact_id
      AND a.channel = m.channel
    ORDER BY a.attempt_no DESC
    LIMIT 1
) last ON true
WHERE l.institution_id = $1
  AND l.occurrence_id = $2
  AND NOT EXISTS (
      SELECT
      FROM outbox o
      WHERE o.institution_id = m.institution_id
        AND o.occurrence_id = m.occurrence_id
        AND o.contact_id = m.contact_id
        AND o.channel = m.channel
  )
ORDER BY m.contact_id
LIMIT $4
ON CONFLICT DO NOTHING
