SELECT count(*)
FROM attempt a
JOIN launch l USING (institution_id, occurrence_id)
JOIN refusal r
  ON r.institution_id = a.institution_id
 AND r.contact_id = a.contact_id
 AND r.channel = a.channel
 AND r.organisation_id IN (0, l.organisation_id)
 AND r.topic_id IN (0, l.topic_id)
WHERE a.claimed_at > r.committed_at
