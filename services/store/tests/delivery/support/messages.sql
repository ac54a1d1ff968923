INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch)
SELECT institution_id, $2, contact_id, 1, 0, 3, 0
FROM contact
WHERE institution_id = $1
