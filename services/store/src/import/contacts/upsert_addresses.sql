-- needs: addresses.sql
-- $1 institution, $2 channel.
INSERT INTO address (institution_id, channel, hash, organisation_id, key_id)
SELECT DISTINCT $1::int, $2::smallint, hash, 0, key_id
FROM incoming_address
WHERE is_current
  AND hash IS NOT NULL
ORDER BY hash
ON CONFLICT DO NOTHING
