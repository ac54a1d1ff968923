-- $1 institution, $2 contact, $3 channel. The contact's own records, and the refusals that came through the address that it has.
SELECT r.record_id, r.contact_id = $2 AS own, coalesce(r.address_hash = g.address_hash AND r.answer = 2, false) AS through_address,
       r.organisation_id, r.topic_id, r.channel, r.answer, r.proof, r.channels, r.happened_at, r.learned_at, r.expires_on,
       r.origin, r.pointer, w.source || '/' || w.external_id AS wording
FROM gate g
JOIN consent_record r
  ON r.institution_id = $1
 AND (r.contact_id = $2 OR r.address_hash = g.address_hash AND r.answer = 2)
LEFT JOIN wording w
  ON w.institution_id = $1
 AND w.wording_id = r.wording_id
WHERE g.institution_id = $1
  AND g.contact_id = $2
  AND g.channel = $3
ORDER BY r.seq
