WITH content AS (
    INSERT INTO content_version (institution_id, hash, source)
    VALUES ($1, sha256(gen_random_uuid()::text::bytea), $2)
    RETURNING content_id
)
INSERT INTO launch
    (institution_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone, today,
     unset_means, content_id, sender, token_key, expires_at, state, snapshot, launched_at, launched_by)
SELECT $1, gen_random_uuid(), gen_random_uuid()::text, 'Launch', $3, 1, $4, 0, 0, '{}', 'Europe/Paris', '2001-01-01', 2,
       content_id,
       '{"from_address": "news@theatre.example", "public_url": "https://t.theatre.example",
         "mail_domain": "theatre.example", "bounce_domain": "bounce.theatre.example"}',
       1, clock_timestamp() + interval '3 days', 0, '', clock_timestamp(), 'test'
FROM content
RETURNING occurrence_id
