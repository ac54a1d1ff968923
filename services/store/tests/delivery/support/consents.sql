INSERT INTO consent_record
    (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, learned_at,
     origin, pointer, committed_at, salt)
SELECT institution_id, contact_id, gen_random_uuid(), 0, 0, 1, 1, 2, 0, '2001-01-01', '2001-01-01', 'test', 'test', '2001-01-01', ''
FROM contact
WHERE institution_id = $1
