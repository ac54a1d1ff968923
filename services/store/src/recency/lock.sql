-- $1 institution, $2 contacts.
SELECT contact_id
FROM recency
WHERE institution_id = $1
  AND contact_id = ANY ($2)
ORDER BY contact_id
FOR UPDATE
