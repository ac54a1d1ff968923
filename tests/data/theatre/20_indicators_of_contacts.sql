-- $1, institution, $2 contacts.
INSERT INTO indicator_value
    (institution_id, contact_id, indicator_id, organisation_id, v_text, v_num, v_date, as_of, content_hash)
SELECT $1, id, indicator, organisation, v_text, v_num, v_date, '2026-01-01', 0
FROM generate_series(1, $2::bigint) AS id,
     LATERAL (
         SELECT 1 AS indicator, 0 AS organisation, NULL::text AS v_text, round((1500 * chance(id, 211) ^ 3)::numeric, 2)::float8 AS v_num,
                NULL::date AS v_date
         WHERE chance(id, 210) < 0.7
         UNION ALL
         SELECT 1, 1, NULL, round((800 * chance(id, 213) ^ 3)::numeric, 2)::float8, NULL WHERE chance(id, 212) < 0.4
         UNION ALL
         SELECT 2, 0, NULL, NULL, date '2026-03-01' + (200 * chance(id, 215))::int WHERE chance(id, 214) < 0.3
         UNION ALL
         SELECT 3, 0, (ARRAY['curious', 'families', 'connoisseurs'])[1 + (2 * chance(id, 217))::int], NULL, NULL
         WHERE chance(id, 216) < 0.5
     ) AS v
