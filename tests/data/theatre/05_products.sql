-- $1 institution. Ten seasons of a hundred products. The first two of a season have no day: the subscription and the voucher, which
-- has no category either. The others stand in the order of their days, from September to June. A few are cancelled or postponed.
INSERT INTO product (institution_id, product_id, source, external_id, organisation_id, name, category, valid_on, state, as_of, content_hash)
OVERRIDING SYSTEM VALUE
SELECT $1, id, 'ticketing', 2016 + season || '-' || place, CASE WHEN place = 0 THEN 1 ELSE 1 + (4 * chance(id, 1) ^ 2)::int % 4 END,
       'Product ' || id,
       CASE WHEN place = 0 THEN 'subscription' WHEN place = 1 THEN NULL
            WHEN kind < 0.36 THEN 'theatre' WHEN kind < 0.56 THEN 'concert' WHEN kind < 0.68 THEN 'dance' WHEN kind < 0.77 THEN 'opera'
            WHEN kind < 0.87 THEN 'children' WHEN kind < 0.95 THEN 'exhibition' WHEN kind < 0.98 THEN 'workshop' END,
       CASE WHEN place > 1 THEN make_date(2016 + season, 9, 10) + place * 29 / 10 END,
       CASE WHEN place > 1 AND chance(id, 2) < 0.02 THEN 3 WHEN place > 1 AND chance(id, 2) < 0.04 THEN 1 ELSE 0 END,
       '2026-01-01', 0
FROM (
    SELECT season, place, 1 + season * 100 + place AS id, chance(1 + season * 100 + place, 3) AS kind
    FROM generate_series(0, 9) AS season, generate_series(0, 99) AS place
) AS p
