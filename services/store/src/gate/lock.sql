-- $1 institution, $2 contacts, $3 channels.
-- A missing gate is created closed to nothing but "no address": the projection that follows fills it.
WITH missing AS (
    INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, stamp)
    SELECT $1, c.contact_id, ch.channel, reason_bit('no_address'), 0, clock_timestamp()
    FROM unnest($2::bigint[]) AS c (contact_id)
    CROSS JOIN unnest($3::smallint[]) AS ch (channel)
    ORDER BY c.contact_id, ch.channel
    ON CONFLICT DO NOTHING
)
SELECT contact_id, channel
FROM gate
WHERE institution_id = $1
  AND contact_id = ANY ($2)
ORDER BY contact_id, channel
FOR UPDATE
