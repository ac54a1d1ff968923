-- $1 institution, $2 contacts.
SELECT contact_id, organisation_id, kind, role, product_id, happened_on
FROM activity
WHERE institution_id = $1
  AND contact_id = ANY ($2)
