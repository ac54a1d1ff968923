-- $1 institution, $2 contacts.
SELECT o.contact_id, o.role, o.organisation_id, o.product_id, p.category, o.ordered_on, p.valid_on, o.state
FROM order_line o
JOIN product p
  ON p.institution_id = $1
 AND p.product_id = o.product_id
WHERE o.institution_id = $1
  AND o.contact_id = ANY ($2)
