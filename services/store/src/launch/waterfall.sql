-- $1 institution, $2 occurrence. What a launch decided, in counts.
SELECT blocks_launch AS blocks, proof, coalesce(targets, 1) AS targets, coalesce(exclusions, 0) AS exclusions, NULL::int AS alone,
       count(*) AS contacts
FROM message
WHERE institution_id = $1
  AND occurrence_id = $2
GROUP BY 1, 2, 3, 4
