-- $1, institution, $2 contacts. Some refused profiling after the last run.
WITH refused AS (
    INSERT INTO authorisation
        (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, record_id)
    SELECT $1, id, 0, 0, 7, 2, 2, 0, '2026-03-30 18:00Z', md5(concat_ws(' ', id, 'profiling'))::uuid
    FROM generate_series(1, $2::bigint) AS id
    WHERE chance(id, 230) < 0.06
)
INSERT INTO score (institution_id, contact_id, recency, frequency, monetary)
SELECT $1, id, 1 + floor(5 * chance(id, 232)), 1 + floor(5 * chance(id, 233)), 1 + floor(5 * chance(id, 234))
FROM generate_series(1, $2::bigint) AS id
WHERE chance(id, 231) < 0.5
