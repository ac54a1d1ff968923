-- $1 institution. What stands behind sales, reservations and options; every thirtieth ticket has an attendant who is a contact too.
INSERT INTO order_line
    (institution_id, contact_id, line_id, role, organisation_id, product_id, state, ordered_on, quantity, amount, as_of, content_hash)
SELECT $1, a.contact_id, a.activity_id, a.role, a.organisation_id, a.product_id,
       CASE WHEN NOT a.voided THEN a.kind WHEN chance(a.contact_id, 61) < 0.5 THEN 4 ELSE 5 END,
       a.happened_on, 1 + a.contact_id % 4, coalesce(a.amount, 0), '2026-01-01', 0
FROM activity a
WHERE a.institution_id = $1
  AND a.product_id IS NOT NULL
