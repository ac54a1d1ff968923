-- $1 institution, $2 contacts. Who was never asked has no row; who was asked for interests chose two or three, each with its own
-- following.
INSERT INTO criterion_value (institution_id, contact_id, criterion_id, item, v_text, v_num, v_date)
SELECT $1, id, criterion, item, v_text, v_num, v_date
FROM generate_series(1, $2::bigint) AS id,
     LATERAL (
         SELECT 1 AS criterion, 0 AS item, (ARRAY['teacher', 'retired', 'student', 'éclairagiste', 'nurse'])[1 + (4 * chance(id, 31) ^ 2)::int] AS v_text,
                NULL::float8 AS v_num, NULL::date AS v_date
         WHERE chance(id, 30) < 0.3
         UNION ALL
         SELECT 2, 0, NULL, 1 + floor(5 * chance(id, 33) ^ 2), NULL WHERE chance(id, 32) < 0.4
         UNION ALL
         SELECT 3, 0, NULL, NULL, date '2026-03-01' - (3650 * chance(id, 35))::int WHERE chance(id, 34) < 0.06
         UNION ALL
         SELECT 4, 0, NULL, CASE WHEN chance(id, 37) < 0.05 THEN 1 ELSE 0 END, NULL WHERE chance(id, 36) < 0.5
         UNION ALL
         SELECT 5, 0, (ARRAY['full', 'choice', 'youth'])[1 + (2 * chance(id, 39))::int], NULL, NULL WHERE chance(id, 38) < 0.14
         UNION ALL
         SELECT 6, item, choice, NULL, NULL
         FROM (VALUES (0, 'theatre', 0.60), (1, 'concert', 0.45), (2, 'dance', 0.22), (3, 'opera', 0.15), (4, 'children', 0.20),
                      (5, 'exhibition', 0.18), (6, 'workshop', 0.05), (7, 'cinema', 0.30)) AS c (item, choice, share)
         WHERE chance(id, 40) < 0.5 AND chance(id, 41 + item) < share
     ) AS v
