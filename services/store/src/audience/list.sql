SELECT contact_id, blocks, proof, counts_on, exclusions
FROM audience
ORDER BY contact_id
