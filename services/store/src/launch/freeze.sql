-- $16 occurrence. The ledger: one row per contact that a target matched, planned (0) or excluded (1) for good.
INSERT INTO message
    (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, recency_seen, targets, exclusions)
SELECT $1, $16, contact_id, $2, CASE WHEN blocks = 0 THEN 0 ELSE 1 END, proof, blocks, counts_on, nullif(targets, 1), nullif(exclusions, 0)
FROM audience
