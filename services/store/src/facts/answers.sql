-- $1 institution, $2 contacts.
SELECT contact_id, organisation_id, topic_id, channel, answer, expires_on
FROM authorisation
WHERE institution_id = $1
  AND contact_id = ANY ($2)
