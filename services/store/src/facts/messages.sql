-- $1 institution, $2 contacts. Messages of which something became: states accepted and unknown were received, failed ones bounced
-- when an attempt was refused for good (outcome 3) by the recipient's fault (1). Verdict 1 is human.
SELECT m.contact_id, m.occurrence_id,
       CASE WHEN m.state <> 3 THEN ended.ended_on END AS received_on,
       CASE WHEN m.state = 3 THEN ended.ended_on END AS bounced_on,
       ARRAY(
           SELECT DISTINCT (h.hit_at AT TIME ZONE n.zone)::date
           FROM hit h
           WHERE h.institution_id = $1
             AND h.occurrence_id = m.occurrence_id
             AND h.contact_id = m.contact_id
             AND h.channel = m.channel
             AND h.verdict = 1
       ) AS clicked_on
FROM institution n
JOIN launch l
  ON l.institution_id = n.institution_id
CROSS JOIN unnest($2::bigint[]) AS asked (contact_id)
JOIN message m
  ON m.institution_id = n.institution_id
 AND m.occurrence_id = l.occurrence_id
 AND m.contact_id = asked.contact_id
CROSS JOIN LATERAL (
    SELECT (m.ended_at AT TIME ZONE n.zone)::date AS ended_on
) ended
WHERE n.institution_id = $1
  AND (m.state IN (2, 4)
       OR m.state = 3
          AND EXISTS (
              SELECT
              FROM attempt t
              WHERE t.institution_id = $1
                AND t.occurrence_id = m.occurrence_id
                AND t.contact_id = m.contact_id
                AND t.channel = m.channel
                AND t.outcome = 3
                AND t.fault = 1
          ))
