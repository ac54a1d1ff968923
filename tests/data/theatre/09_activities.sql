-- $1 institution, $2 contacts. From one to four hundred for a contact, ten on average: most have few, some have very many. They
-- lie between the contact's first day and its last, which for every second one is long ago; rows stand in the order of their days,
-- as nightly imports leave them. What is bought lies ahead of the day in its season. OFFSET 0 keeps a column from being computed
-- again wherever it is used.
INSERT INTO activity
    (institution_id, contact_id, activity_id, organisation_id, kind, role, product_id, happened_on, amount, voided, counts_on, as_of,
     content_hash)
SELECT $1, contact_id, md5(seed::text)::uuid, coalesce(p.organisation_id, 0), kind, role, p.product_id, happened_on,
       CASE WHEN kind IN (3, 11) THEN 900 + (9000 * chance(seed, 56) ^ 2)::int END,
       voided, counting_day(kind, happened_on, p.valid_on, p.state, voided), '2026-01-01', 0
FROM (
    SELECT contact_id, seed, happened_on, season, kind::smallint,
           CASE WHEN kind < 4 AND chance(seed, 55) < 0.15 THEN 1 ELSE 0 END AS role,
           kind < 4 AND chance(seed, 60) < 0.07 AS voided,
           CASE WHEN kind < 4 THEN CASE WHEN chance(seed, 58) < 0.06 THEN 0 WHEN chance(seed, 58) < 0.09 THEN 1
                                        ELSE 99 - ((99 - gone) * (1 - chance(seed, 57) ^ 3))::int END END AS place
    FROM (
        SELECT contact_id, seed, happened_on, season,
               greatest(2, least(98, (happened_on - make_date(2016 + season, 9, 10)) * 10 / 29)) AS gone,
               CASE WHEN pick < 0.42 THEN 3 WHEN pick < 0.69 THEN 5 WHEN pick < 0.77 THEN 2 WHEN pick < 0.79 THEN 0
                    WHEN pick < 0.80 THEN 1 WHEN pick < 0.92 THEN 11 WHEN pick < 0.97 THEN 12 WHEN pick < 0.98 THEN 9
                    WHEN pick < 0.99 THEN 4 ELSE 6 END AS kind
        FROM (
            SELECT contact_id, seed, pick, happened_on,
                   greatest(0, least(9, extract(year FROM happened_on)::int - 2016 - CASE WHEN extract(month FROM happened_on) < 7 THEN 1 ELSE 0 END)) AS season
            FROM (
                SELECT contact_id, seed, chance(seed, 54) AS pick, first_on + ((last_on - first_on) * chance(seed, 51))::int AS happened_on
                FROM (
                    SELECT id AS contact_id, first_on,
                           CASE WHEN chance(id, 52) < 0.5 THEN today ELSE today - ((today - first_on) * chance(id, 53))::int END AS last_on,
                           least(400, floor(3.18 * (1 - chance(id, 50)) ^ -0.76))::int AS many
                    FROM generate_series(1, $2::bigint) AS id,
                         LATERAL (SELECT date '2026-03-30' AS today, date '2026-03-30' - (3500 * chance(id, 16))::int AS first_on) AS d
                    -- Some have done nothing yet.
                    WHERE chance(id, 59) < 0.95
                    OFFSET 0
                ) AS c,
                     LATERAL (SELECT contact_id * 512 + no AS seed FROM generate_series(1, many) AS no) AS n
                OFFSET 0
            ) AS a
            OFFSET 0
        ) AS a
        OFFSET 0
    ) AS a
    OFFSET 0
) AS a
LEFT JOIN product p
  ON p.institution_id = $1
 AND p.product_id = 1 + season * 100 + place
ORDER BY happened_on, seed
