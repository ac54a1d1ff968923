SELECT format('launch %s, contact %s: state %s, taken %s times', m.occurrence_id, m.contact_id, m.state, count(s.message_id))
FROM message m
LEFT JOIN sink s USING (institution_id, occurrence_id, contact_id)
GROUP BY m.institution_id, m.occurrence_id, m.contact_id, m.state
HAVING CASE m.state WHEN 2 THEN count(s.message_id) = 0 WHEN 4 THEN false ELSE count(s.message_id) > 0 END
UNION ALL
SELECT format('%s: taken, and no message', s.message_id)
FROM sink s
LEFT JOIN message m USING (institution_id, occurrence_id, contact_id)
WHERE m.contact_id IS NULL
