SELECT contact_id, blocks, proof, counts_on
FROM audience
ORDER BY contact_id
