-- needs: addresses.sql
-- $1 institution, $2 channel. Gates of new contacts, with their address from the start; the projection that follows completes them.
INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, address_hash, stamp)
SELECT $1, contact_id, $2, CASE WHEN hash IS NULL THEN reason_bit('no_address') ELSE 0 END, 0, hash, clock_timestamp()
FROM incoming_address
WHERE is_current
ORDER BY contact_id
ON CONFLICT DO NOTHING
