-- $1 institution, $2 occurrence, $3 channel, and per contact: $4 who, $5 when it is due again.
UPDATE outbox
SET due_at = ($5::timestamptz[])[array_position($4::bigint[], contact_id)],
    published_at = NULL
WHERE institution_id = $1
  AND occurrence_id = $2
  AND contact_id = ANY ($4::bigint[])
  AND channel = $3
  AND claim_token IS NULL
