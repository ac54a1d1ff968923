-- $1 institution, $2 occurrence. What the ledger and the outbox say of a launch, in counts.
SELECT m.state,
       -- Excluded at the claim: planned by the launch, refused by the worker.
       CASE WHEN m.state = 1 THEN CASE WHEN m.blocks_launch <> 0 THEN m.blocks_launch END END AS blocks_launch,
       CASE WHEN m.state = 1 AND m.blocks_launch = 0 THEN m.blocks_claim END AS blocks_claim,
       count(*) AS messages
FROM message m
WHERE m.institution_id = $1
  AND m.occurrence_id = $2
GROUP BY 1, 2, 3
