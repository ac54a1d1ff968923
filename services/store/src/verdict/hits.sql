-- $1 institution, and per message: $2 contact, $3 occurrence, $4 channel. Each by its key, and locked in that order.
SELECT w.contact_id, w.occurrence_id, w.channel, h.spool_id, h.spool_offset, h.link_no, h.hit_at, h.method, h.signals, h.agent,
       h.verdict, h.reasons, h.rule_version, l.organisation_id, m.state, m.ended_at,
       (SELECT count(*)
        FROM link k
        WHERE k.institution_id = $1
          AND k.occurrence_id = w.occurrence_id) AS links
FROM unnest($2::bigint[], $3::int[], $4::smallint[]) AS w (contact_id, occurrence_id, channel)
CROSS JOIN LATERAL (
    SELECT organisation_id
    FROM launch
    WHERE institution_id = $1
      AND occurrence_id = w.occurrence_id
    OFFSET 0
) AS l
CROSS JOIN LATERAL (
    SELECT state, ended_at
    FROM message
    WHERE institution_id = $1
      AND occurrence_id = w.occurrence_id
      AND contact_id = w.contact_id
      AND channel = w.channel
    OFFSET 0
) AS m
CROSS JOIN LATERAL (
    SELECT spool_id, spool_offset, link_no, hit_at, method, signals, agent, verdict, reasons, rule_version
    FROM hit
    WHERE institution_id = $1
      AND occurrence_id = w.occurrence_id
      AND contact_id = w.contact_id
      AND channel = w.channel
    ORDER BY spool_id, spool_offset
    FOR UPDATE
) AS h
