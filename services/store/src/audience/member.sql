-- $12 contact.
SELECT contact_id, blocks, proof, counts_on
FROM audience
WHERE contact_id = $12
