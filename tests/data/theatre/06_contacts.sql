-- $1 institution, $2 contacts. A few towns have most of the people, and a long tail of villages the others; every field that may be
-- missing is missing for some.
INSERT INTO contact
    (institution_id, contact_id, public_id, source, external_id, kind, roles, first_name, last_name, first_name_key, last_name_key,
     birth_date, birthday, gender, language, email, email_key, mobile, postal_code, city, city_key, country, created_on, bucket, as_of,
     content_hash)
OVERRIDING SYSTEM VALUE
SELECT $1, id, md5('contact ' || id)::uuid, CASE WHEN chance(id, 9) < 0.9 THEN 'ticketing' ELSE 'shop' END, 'C' || id,
       CASE WHEN chance(id, 10) < 0.90 THEN 0 WHEN chance(id, 10) < 0.95 THEN 1 ELSE 2 END,
       CASE WHEN chance(id, 11) < 0.95 THEN 1 WHEN chance(id, 11) < 0.97 THEN 16 WHEN chance(id, 11) < 0.99 THEN 17 ELSE 36 END,
       first_name, last_name, lower(first_name), lower(last_name),
       born, extract(month FROM born) * 100 + extract(day FROM born),
       CASE WHEN chance(id, 12) < 0.5 THEN 'female' WHEN chance(id, 12) < 0.9 THEN 'male' END,
       CASE WHEN chance(id, 13) < 0.70 THEN 'fr' WHEN chance(id, 13) < 0.76 THEN 'fr-CH' WHEN chance(id, 13) < 0.82 THEN 'it'
            WHEN chance(id, 13) < 0.88 THEN 'de' WHEN chance(id, 13) < 0.92 THEN 'en' END,
       email, email, CASE WHEN chance(id, 18) < 0.6 THEN '+336' || lpad(id::text, 8, '0') END,
       CASE WHEN chance(id, 22) < 0.97 THEN postal_code END, city, lower(city), CASE WHEN chance(id, 23) < 0.97 THEN country END,
       CASE WHEN chance(id, 15) < 0.97 THEN date '2026-03-30' - (3500 * chance(id, 16))::int END,
       9999 * chance(id, 17), '2026-01-01', 0
FROM (
    SELECT id, t.city, t.postal_code, t.country,
           CASE WHEN chance(id, 19) < 0.96
                THEN (ARRAY['Camille', 'Élodie', 'Luca', 'Anna', 'Jean', 'Zoé', 'Marie', 'Paul'])[1 + (7 * chance(id, 20))::int] END AS first_name,
           'Name' || (20000 * chance(id, 3) ^ 2)::int AS last_name,
           CASE WHEN chance(id, 4) < 0.65 THEN date '2012-01-01' - (29000 * chance(id, 5))::int END AS born,
           CASE WHEN chance(id, 6) < 0.82 THEN 'c' || id || CASE WHEN chance(id, 21) < 0.2 THEN '@school.example' ELSE '@mail.example' END END AS email
    FROM generate_series(1, $2::bigint) AS id
    LEFT JOIN (
        SELECT generate_series(from_place, until_place) AS place, city, postal_code, country
        FROM (VALUES (1, 30, 'Lyon', '69003', 'FR'), (31, 42, 'Villeurbanne', '69100', 'FR'), (43, 50, 'Grenoble', '38000', 'FR'),
                     (51, 57, 'Saint-Étienne', '42000', 'FR'), (58, 63, 'Genève', '1204', 'CH'), (64, 68, 'Annecy', '74000', 'FR'),
                     (69, 72, 'Torino', '10122', 'IT'), (73, 75, 'Lausanne', '1003', 'CH'), (76, 78, 'Bron', '69500', 'FR'))
          AS t (from_place, until_place, city, postal_code, country)
        UNION ALL
        SELECT 79 + n, 'Village ' || n, lpad((1000 + n * 197)::text, 5, '0'), 'FR' FROM generate_series(0, 421) AS n
    ) AS t
      ON t.place = CASE WHEN chance(id, 7) < 0.08 THEN 0 WHEN chance(id, 7) < 0.80 THEN 1 + (77 * chance(id, 8))::int
                        ELSE 79 + (421 * chance(id, 8) ^ 2)::int END
) AS c
