INSERT INTO contact
    (institution_id, public_id, source, external_id, kind, roles, first_name, email, email_key, bucket, as_of, content_hash)
SELECT $1, gen_random_uuid(), 'test', gen_random_uuid()::text, 0, 1, 'Zoé', a.email, a.email, 0, clock_timestamp(), 0
FROM unnest($2::text[]) WITH ORDINALITY AS a (email, place)
ORDER BY a.place
RETURNING contact_id
