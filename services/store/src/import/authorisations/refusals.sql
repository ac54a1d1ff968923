-- needs: resolve.sql
-- $1 institution, $2 channels that have gates, $3 machine stamp.
INSERT INTO refusal (institution_id, contact_id, record_id, channel, organisation_id, topic_id, committed_at)
SELECT $1, r.contact_id, r.row_id, ch.channel, r.organisation_id, coalesce(t.topic_id, 0), $3
FROM resolved r
CROSS JOIN unnest($2::smallint[]) AS ch (channel)
LEFT JOIN topic t
  ON t.institution_id = $1
 AND t.organisation_id = r.organisation_id
 AND t.code = r.topic
WHERE r.outcome = 'new'
  AND r.answer = 2
  AND r.channel IN (0, ch.channel)
