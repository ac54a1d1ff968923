SELECT blocks, proof, count(*) AS contacts
FROM audience
GROUP BY blocks, proof
