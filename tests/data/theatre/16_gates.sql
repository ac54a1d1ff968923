-- $1 institution. Who has an address can be asked about; answers are not projected, a target does not look at gates.
INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, stamp)
SELECT $1, contact_id, 1, 0, 0, '2026-01-01'
FROM contact
WHERE institution_id = $1
