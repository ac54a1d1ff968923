-- $16 contact.
SELECT contact_id, blocks, proof, counts_on, exclusions
FROM audience
WHERE contact_id = $16
