-- $1 institution, $2 contact.
SELECT record_id, first_said_at, said_at, first_learned_at, learned_at
FROM consent_repeat
WHERE institution_id = $1
  AND contact_id = $2
