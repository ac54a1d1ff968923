-- $1 institution, $2 contacts, $3 channels, $4 age of consent.
-- Only rows that change are written: `ver` counts changes of permission.
-- What belongs to a gate is looked up for each gate: right for one contact and for twenty thousand, whatever the statistics say.
WITH projected AS (
    SELECT g.contact_id, g.channel,
           CASE WHEN c.state >= 2 THEN reason_bit('anonymised') ELSE 0 END
           | CASE WHEN c.state = 1 THEN reason_bit('restricted') ELSE 0 END
           | CASE WHEN g.address_hash IS NULL THEN reason_bit('no_address') ELSE 0 END
           | coalesce(a.blocks, 0)
           | coalesce(d.blocks, 0) & ~reason_bit('suppressed') AS blocks,
           coalesce(a.proof, 0) AS proof,
           a.consent_until,
           CASE WHEN c.guardian THEN NULL ELSE (c.birth_date + make_interval(years => $4::int))::date END AS of_age_on,
           CASE WHEN d.blocks & reason_bit('suppressed') <> 0 THEN coalesce(d.expires_on, '9999-12-31') END AS suppressed_until
    FROM gate g
    CROSS JOIN LATERAL (
        SELECT state, guardian, birth_date
        FROM contact
        WHERE institution_id = $1
          AND contact_id = g.contact_id
        LIMIT 1
    ) AS c
    CROSS JOIN LATERAL (
        SELECT bit_or(CASE WHEN answer <> 2 THEN 0 WHEN channel = 0 THEN reason_bit('general_refusal') ELSE reason_bit('channel_refusal') END) AS blocks,
               -- The pair of the yes that lasts longest, the better proof first among equals.
               (array_agg(proof ORDER BY coalesce(expires_on, '9999-12-31') DESC, proof DESC)
                   FILTER (WHERE answer = 1 AND (channel <> 0 OR channels & (1 << g.channel) <> 0)))[1] AS proof,
               max(coalesce(expires_on, '9999-12-31'))
                   FILTER (WHERE answer = 1 AND (channel <> 0 OR channels & (1 << g.channel) <> 0)) AS consent_until
        FROM authorisation
        WHERE institution_id = $1
          AND contact_id = g.contact_id
          AND organisation_id = 0
          AND topic_id = 0
          AND channel IN (0, g.channel)
    ) AS a
    LEFT JOIN LATERAL (
        SELECT blocks, expires_on
        FROM address
        WHERE institution_id = $1
          AND channel = g.channel
          AND hash = g.address_hash
          AND organisation_id = 0
        LIMIT 1
    ) AS d ON true
    WHERE g.institution_id = $1
      AND g.contact_id = ANY ($2)
      AND g.channel = ANY ($3)
)
UPDATE gate g
SET blocks = p.blocks,
    proof = p.proof,
    consent_until = p.consent_until,
    of_age_on = p.of_age_on,
    suppressed_until = p.suppressed_until,
    ver = g.ver + 1,
    stamp = clock_timestamp()
FROM projected p
WHERE g.institution_id = $1
  AND g.contact_id = p.contact_id
  AND g.channel = p.channel
  AND (g.blocks, g.proof, g.consent_until, g.of_age_on, g.suppressed_until)
      IS DISTINCT FROM (p.blocks, p.proof, p.consent_until, p.of_age_on, p.suppressed_until)
