-- $1 institution, $2 occurrence, $3 contact. The launch, and the contact's row of the ledger when the target matched it.
SELECT l.name, l.purpose, l.channel, l.organisation_id, l.topic_id, l.unset_means, l.today, l.query, l.launched_at, l.launched_by,
       l.renewal_from, l.renewal_until, m.state, m.proof, m.blocks_launch, m.blocks_claim, m.recency_seen, m.ended_at
FROM launch l
LEFT JOIN message m
  ON m.institution_id = $1
 AND m.occurrence_id = l.occurrence_id
 AND m.contact_id = $3
 AND m.channel = l.channel
WHERE l.institution_id = $1
  AND l.occurrence_id = $2
