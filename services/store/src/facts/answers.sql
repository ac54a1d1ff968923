-- $1 institution, $2 contacts.
SELECT a.contact_id, a.organisation_id, a.topic_id, a.channel, a.answer, a.expires_on, a.wording_id,
       (a.happened_at AT TIME ZONE n.zone)::date AS given_on
FROM authorisation a
JOIN institution n
  ON n.institution_id = a.institution_id
WHERE a.institution_id = $1
  AND a.contact_id = ANY ($2)
