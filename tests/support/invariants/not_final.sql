SELECT format('launch %s, contact %s: planned, and the launch is in state %s', m.occurrence_id, m.contact_id, l.state)
FROM message m
JOIN launch l USING (institution_id, occurrence_id)
WHERE m.state = 0
  AND l.state <> 1
