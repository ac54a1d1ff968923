-- $1 institution.
INSERT INTO launch
    (institution_id, occurrence_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone, today,
     unset_means, content_id, sender, token_key, expires_at, state, snapshot, launched_at, launched_by)
OVERRIDING SYSTEM VALUE
SELECT $1, n, md5('launch ' || n)::uuid, key, key, 0, 1, 1, 1, 0, '{}', 'Europe/Paris', day, 2, 1, '{}', 1, day + 2, 4, '', day, 'sample'
FROM (VALUES (1, 'season-2024', date '2024-06-04'), (2, 'season-2025', date '2025-06-03'), (3, 'christmas', date '2025-12-02'),
             (4, 'spring-letter', date '2026-03-10')) AS l (n, key, day)
