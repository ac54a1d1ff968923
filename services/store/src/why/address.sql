-- $1 institution, $2 contact, $3 channel. What the address is marked with, whoever has it.
SELECT a.organisation_id, a.blocks, a.reason, a.day, a.expires_on
FROM gate g
JOIN address a
  ON a.institution_id = $1
 AND a.channel = g.channel
 AND a.hash = g.address_hash
WHERE g.institution_id = $1
  AND g.contact_id = $2
  AND g.channel = $3
