-- $1 institution.
CREATE TEMP TABLE gate_before ON COMMIT DROP AS
SELECT institution_id, contact_id, channel, blocks, proof, consent_until, of_age_on, suppressed_until
FROM gate
WHERE institution_id = $1
