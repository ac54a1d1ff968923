-- $1 institution, and per report: $2 occurrence, $3 contact, $4 channel, $5 token.
SELECT r.occurrence_id, r.contact_id, r.channel, r.claim_token, o.deferrals, o.releases, l.expires_at
FROM unnest($2::int[], $3::bigint[], $4::smallint[], $5::uuid[]) AS r (occurrence_id, contact_id, channel, claim_token)
CROSS JOIN LATERAL (
    SELECT deferrals, releases
    FROM outbox
    WHERE institution_id = $1
      AND occurrence_id = r.occurrence_id
      AND contact_id = r.contact_id
      AND channel = r.channel
      AND claim_token = r.claim_token
    OFFSET 0
) o
JOIN launch l
  ON l.institution_id = $1
 AND l.occurrence_id = r.occurrence_id
