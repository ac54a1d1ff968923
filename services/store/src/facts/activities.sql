-- $1 institution, $2 contacts.
SELECT a.contact_id, a.organisation_id, a.kind, a.role, a.product_id, p.category, a.amount, a.happened_on, a.counts_on
FROM activity a
LEFT JOIN product p
  ON p.institution_id = $1
 AND p.product_id = a.product_id
WHERE a.institution_id = $1
  AND a.contact_id = ANY ($2)
