-- needs: addresses.sql
-- $1 institution, $2 channel.
UPDATE gate g
SET address_hash = a.hash
FROM incoming_address a
WHERE a.is_current
  AND g.institution_id = $1
  AND g.contact_id = a.contact_id
  AND g.channel = $2
  AND g.address_hash IS DISTINCT FROM a.hash
