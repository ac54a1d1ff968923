-- $1 institution, $2 contacts, $3 channel, $4 organisation, $5 topic: the sparse answers that cover the message.
SELECT s.contact_id, s.blocks, s.proof, s.consent_until, s.soft_opt_in
FROM unnest($2::bigint[]) AS asked (contact_id)
CROSS JOIN LATERAL (
    SELECT contact_id, blocks, proof, consent_until, soft_opt_in
    FROM gate_scope
    WHERE institution_id = $1
      AND contact_id = asked.contact_id
      AND channel = $3
      AND organisation_id IN (0, $4)
      AND topic_id IN (0, $5)
    OFFSET 0
) s
