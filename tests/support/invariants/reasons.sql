SELECT format('launch %s, contact %s: state %s, reasons at launch %s, at claim %s', occurrence_id, contact_id, state, blocks_launch, blocks_claim)
FROM message
WHERE (state = 1) <> (blocks_launch <> 0 OR coalesce(blocks_claim, 0) <> 0)
