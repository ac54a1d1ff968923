-- Claims after a refusal that covers them, by the stamps of one machine clock (I1).
SELECT count(*)
FROM refusal r
JOIN launch l
  ON l.institution_id = r.institution_id
 AND r.organisation_id IN (0, l.organisation_id)
JOIN attempt a
  ON a.institution_id = r.institution_id
 AND a.occurrence_id = l.occurrence_id
 AND a.contact_id = r.contact_id
 AND a.channel = r.channel
WHERE a.claimed_at > r.committed_at
