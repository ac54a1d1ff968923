SELECT format('launch %s, contact %s, attempt %s: refused %s, claimed %s',
              a.occurrence_id, a.contact_id, a.attempt_no, c.committed_at, a.claimed_at)
FROM covered c
JOIN attempt a USING (institution_id, occurrence_id, contact_id, channel)
WHERE a.claimed_at > c.committed_at
  AND (c.lifted_at IS NULL OR a.claimed_at < c.lifted_at)
