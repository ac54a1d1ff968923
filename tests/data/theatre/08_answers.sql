-- $1 institution, $2 contacts. General, and by email, text message, phone and letter for the institution; by email for one
-- organisation, and for two topics. Two of five who said yes did so for a limited time.
INSERT INTO authorisation
    (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, expires_on, happened_at, record_id)
SELECT $1, id, organisation, topic, channel, CASE WHEN toss < yes THEN 1 ELSE 2 END, 2, 3,
       CASE WHEN toss < yes * 0.4 THEN date '2024-01-01' + (1500 * chance(id, 70 + topic))::int END,
       timestamptz '2026-03-30 12:00Z' - interval '1 minute' * (2500 * 1440 * chance(id, 75 + 5 * topic + channel))::int,
       md5(concat_ws(' ', id, organisation, topic, channel))::uuid
FROM generate_series(1, $2::bigint) AS id,
     (VALUES (0, 0, 0, 0.42, 0.49), (0, 0, 1, 0.33, 0.42), (0, 0, 2, 0.07, 0.10), (0, 0, 3, 0.02, 0.05), (0, 0, 4, 0.12, 0.15),
             (1, 0, 1, 0.10, 0.13), (0, 1, 1, 0.15, 0.19), (2, 3, 1, 0.06, 0.08)) AS q (organisation, topic, channel, yes, answered),
     LATERAL (SELECT chance(id, 100 + 20 * organisation + 5 * topic + channel) AS toss) AS t
WHERE toss < answered
