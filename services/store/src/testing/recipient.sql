-- $1 institution, $2 occurrence, $3 contact, $4 when its message was accepted, $5 hash of its address.
WITH who AS (
    SELECT $1::int AS institution_id, $2::int AS occurrence_id, $3::bigint AS contact_id, $4::timestamptz AS at, $5::bytea AS hash
), new_contact AS (
    INSERT INTO contact
        (institution_id, contact_id, public_id, source, external_id, kind, roles, email, bucket, as_of, content_hash, created_on)
    OVERRIDING SYSTEM VALUE
    SELECT institution_id, contact_id, gen_random_uuid(), 'test', contact_id::text, 0, 1, 'someone@example.org', 0, at, 0,
           (at - interval '1 year')::date
    FROM who
), new_recency AS (
    INSERT INTO recency (institution_id, contact_id, created_on)
    SELECT institution_id, contact_id, (at - interval '1 year')::date
    FROM who
), new_address AS (
    INSERT INTO address (institution_id, channel, hash, organisation_id, key_id)
    SELECT institution_id, 1, hash, 0, 1
    FROM who
), new_gate AS (
    INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, address_hash, stamp)
    SELECT institution_id, contact_id, 1, 0, 0, hash, at
    FROM who
), new_message AS (
    INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
    SELECT institution_id, occurrence_id, contact_id, 1, 2, 2, 0, at
    FROM who
)
INSERT INTO attempt
    (institution_id, occurrence_id, contact_id, channel, attempt_no, claim_token, worker_id, address_hash, claimed_at, ended_at, outcome)
SELECT institution_id, occurrence_id, contact_id, 1, 1, gen_random_uuid(), gen_random_uuid(), hash, at, at, 1
FROM who
