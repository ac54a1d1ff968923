-- $1 institution, $2 contacts.
SELECT contact_id, target_id
FROM target_member
WHERE institution_id = $1
  AND contact_id = ANY ($2)
  AND until_version IS NULL
