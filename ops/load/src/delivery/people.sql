-- $1 institution, $2 how many: individuals who said yes without an end and hold a ticket for an evening that is far away, so
-- that on any day a launch to everybody plans every one of them.
WITH people AS (
    INSERT INTO contact
        (institution_id, public_id, source, external_id, kind, roles, first_name, last_name, language, email, bucket, as_of,
         content_hash)
    SELECT $1, gen_random_uuid(), 'bench', id::text, 0, 1, 'Camille', 'Person ' || id, 'fr', 'p' || id || '@people.example',
           id % 10000, '2000-01-01', 0
    FROM generate_series(1, $2::bigint) AS t (id)
    RETURNING contact_id
), active AS (
    INSERT INTO recency (institution_id, contact_id, active_on)
    SELECT $1, contact_id, '2900-01-01'
    FROM people
)
INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, consent_until, address_hash, stamp)
SELECT $1, contact_id, 1, 0, 2, '9999-12-31', sha256(int8send(contact_id)), '2000-01-01'
FROM people
