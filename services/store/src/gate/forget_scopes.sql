-- $1 institution, $2 contacts.
DELETE FROM gate_scope
WHERE institution_id = $1
  AND contact_id = ANY ($2)
