INSERT INTO consent_record
    (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, wording_id,
     happened_at, learned_at, expires_on, origin, pointer, address_hash, committed_at, salt)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT DO NOTHING
