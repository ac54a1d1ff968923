-- $1 institution, $2 spool, then per hit: $3 offset, $4 occurrence, $5 contact, $6 channel, $7 link, $8 at, $9 method,
-- $10 prefetch, $11 agent, $12 client; $13 the question about click tracking, $14 whether it must have been granted, $15 today. A hit without its message is of a contact or a launch that is gone.
INSERT INTO hit
    (institution_id, contact_id, spool_id, spool_offset, occurrence_id, channel, link_no, hit_at, method, signals, agent, client)
SELECT $1, h.contact_id, $2, h.spool_offset, h.occurrence_id, h.channel, h.link_no, h.hit_at, h.method, h.signals, h.agent, h.client
FROM unnest($3::bigint[], $4::int[], $5::bigint[], $6::smallint[], $7::smallint[], $8::timestamptz[], $9::smallint[],
            $10::int[], $11::smallint[], $12::text[])
    AS h (spool_offset, occurrence_id, contact_id, channel, link_no, hit_at, method, signals, agent, client)
-- Each by its whole key: OFFSET 0 keeps the planner from reading an institution for a few of its rows.
CROSS JOIN LATERAL (
    SELECT organisation_id, topic_id
    FROM launch
    WHERE institution_id = $1
      AND occurrence_id = h.occurrence_id
    OFFSET 0
) AS l
CROSS JOIN LATERAL (
    SELECT
    FROM message
    WHERE institution_id = $1
      AND occurrence_id = h.occurrence_id
      AND contact_id = h.contact_id
      AND channel = h.channel
    OFFSET 0
) AS m
CROSS JOIN LATERAL (
    SELECT state
    FROM contact
    WHERE institution_id = $1
      AND contact_id = h.contact_id
    OFFSET 0
) AS c
CROSS JOIN LATERAL (
    SELECT blocks
    FROM gate
    WHERE institution_id = $1
      AND contact_id = h.contact_id
      AND channel = h.channel
    OFFSET 0
) AS g
LEFT JOIN LATERAL (
    SELECT bit_or(blocks) AS blocks
    FROM gate_scope
    WHERE institution_id = $1
      AND contact_id = h.contact_id
      AND channel = h.channel
      AND organisation_id IN (0, l.organisation_id)
      AND topic_id IN (0, l.topic_id)
) AS s ON true
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(answer = 2) FILTER (WHERE covers), false) AS refused,
           coalesce(bool_or(answer = 1 AND (expires_on IS NULL OR expires_on >= $15)) FILTER (WHERE covers), false) AS granted
    FROM (
        SELECT answer, expires_on,
               channel = $13 AND organisation_id IN (0, l.organisation_id) AND topic_id IN (0, l.topic_id) AS covers
        FROM authorisation
        WHERE institution_id = $1
          AND contact_id = h.contact_id
        OFFSET 0
    ) AS a
) AS t
WHERE c.state = 0
  AND (g.blocks | coalesce(s.blocks, 0)) & (reason_bit('general_refusal') | reason_bit('channel_refusal')) = 0
  AND NOT t.refused
  AND (t.granted OR NOT $14)
ON CONFLICT DO NOTHING
