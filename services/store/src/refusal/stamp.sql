-- $1 institution, $2 contacts, $3 record, $4 channel or NULL for all, $5 channels, $6 organisation, $7 topic, $8 machine stamp.
INSERT INTO refusal (institution_id, contact_id, record_id, channel, organisation_id, topic_id, committed_at)
SELECT $1, c.contact_id, $3, ch.channel, $6, $7, $8
FROM unnest($2::bigint[]) AS c (contact_id)
CROSS JOIN unnest($5::smallint[]) AS ch (channel)
WHERE $4::smallint IS NULL
   OR ch.channel = $4
ON CONFLICT DO NOTHING
