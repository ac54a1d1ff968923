-- As lock_gates.sql, and other claims of the same contacts wait: under a frequency cap, what one of them takes counts for the next.
SELECT c.contact_id, locked.blocks, locked.proof, locked.consent_until, locked.of_age_on, locked.suppressed_until,
       locked.address_hash
FROM unnest($2::bigint[]) AS c (contact_id)
CROSS JOIN LATERAL (
    SELECT blocks, proof, consent_until, of_age_on, suppressed_until, address_hash
    FROM gate g
    WHERE g.institution_id = $1
      AND g.contact_id = c.contact_id
      AND g.channel = $3
    FOR NO KEY UPDATE
) locked
