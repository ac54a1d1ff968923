INSERT INTO address (institution_id, channel, hash, organisation_id, key_id)
SELECT institution_id, 1, sha256(email::bytea), 0, 1
FROM contact
WHERE institution_id = $1
  AND contact_id = ANY ($2)
ON CONFLICT DO NOTHING
