SELECT format('launch %s, contact %s: settled %s, dot %s', s.occurrence_id, s.contact_id, c.settled_at, s.dot_at)
FROM covered c
JOIN sink s USING (institution_id, occurrence_id, contact_id)
WHERE s.dot_at > c.settled_at
  AND (c.lifted_at IS NULL OR s.dot_at < c.lifted_at)
