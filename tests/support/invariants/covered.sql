-- Which messages of which launches each refusal covers: the channel, and the institution or the launch's own organisation
-- or topic. A refusal that the same person lifted later, for the same scope and with evidence, covers nothing after that.
CREATE TEMP VIEW covered AS
SELECT r.institution_id, l.occurrence_id, r.contact_id, r.channel, r.committed_at, r.settled_at, lifted.committed_at AS lifted_at
FROM refusal r
JOIN consent_record n ON n.institution_id = r.institution_id AND n.record_id = r.record_id
JOIN launch l
  ON l.institution_id = r.institution_id
 AND l.channel = r.channel
 AND l.purpose <> 2
 AND r.organisation_id IN (0, l.organisation_id)
 AND r.topic_id IN (0, l.topic_id)
LEFT JOIN LATERAL (
    SELECT min(y.committed_at) AS committed_at
    FROM consent_record y
    WHERE y.institution_id = n.institution_id
      AND y.contact_id = n.contact_id
      AND (y.organisation_id, y.topic_id, y.channel) = (n.organisation_id, n.topic_id, n.channel)
      AND y.answer = 1
      AND y.proof > 0
      AND y.happened_at > n.happened_at
) lifted ON true
