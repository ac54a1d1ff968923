INSERT INTO contact
    (institution_id, public_id, source, external_id, kind, roles, first_name, email, email_key, bucket, as_of, content_hash)
SELECT $1, gen_random_uuid(), 'test', n::text, 0, 1, 'Person ' || n, 'p' || n || '@example.org', 'p' || n || '@example.org',
       0, clock_timestamp(), 0
FROM generate_series(1, $2) n
RETURNING contact_id
