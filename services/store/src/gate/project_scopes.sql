-- $1 institution, $2 contacts, $3 channels.
-- A scope has a row when somebody answered there, refused there through the address, or bought there with the opt-out shown.
WITH parts AS (
    SELECT a.contact_id, g.channel, a.organisation_id, a.topic_id,
           CASE WHEN a.answer <> 2 THEN 0 WHEN a.channel = 0 THEN reason_bit('general_refusal') ELSE reason_bit('channel_refusal') END AS blocks,
           CASE WHEN a.answer = 1 THEN a.proof ELSE 0 END AS proof,
           CASE WHEN a.answer = 1 THEN coalesce(a.expires_on, '9999-12-31') END AS consent_until,
           false AS bought
    FROM authorisation a
    CROSS JOIN unnest($3::smallint[]) AS g (channel)
    WHERE a.institution_id = $1
      AND a.contact_id = ANY ($2)
      AND (a.organisation_id, a.topic_id) <> (0, 0)
      AND (a.channel = g.channel
           OR a.channel = 0 AND (a.answer = 2 OR a.channels & (1 << g.channel) <> 0))
    UNION ALL
    SELECT g.contact_id, g.channel, d.organisation_id, 0, d.blocks & (reason_bit('general_refusal') | reason_bit('channel_refusal')), 0, NULL, false
    FROM gate g
    CROSS JOIN LATERAL (
        SELECT organisation_id, blocks
        FROM address
        WHERE institution_id = $1
          AND channel = g.channel
          AND hash = g.address_hash
          AND organisation_id <> 0
          AND blocks & (reason_bit('general_refusal') | reason_bit('channel_refusal')) <> 0
        OFFSET 0
    ) AS d
    WHERE g.institution_id = $1
      AND g.contact_id = ANY ($2)
    UNION ALL
    SELECT o.contact_id, g.channel, o.organisation_id, 0, 0, 0, NULL, true
    FROM order_line o
    CROSS JOIN unnest($3::smallint[]) AS g (channel)
    WHERE o.institution_id = $1
      AND o.contact_id = ANY ($2)
      AND o.role = 0
      AND o.state = 3
      AND o.opt_out_wording IS NOT NULL
)
INSERT INTO gate_scope
    (institution_id, contact_id, channel, organisation_id, topic_id, blocks, proof, consent_until, soft_opt_in)
SELECT $1, contact_id, channel, organisation_id, topic_id,
       bit_or(blocks),
       coalesce((array_agg(proof ORDER BY consent_until DESC, proof DESC) FILTER (WHERE consent_until IS NOT NULL))[1], 0),
       max(consent_until),
       bool_or(bought)
FROM parts
GROUP BY contact_id, channel, organisation_id, topic_id
