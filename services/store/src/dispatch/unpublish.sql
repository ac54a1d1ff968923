-- $1 institution, $2 occurrence, $3 channel, $4 contacts.
UPDATE outbox
SET published_at = NULL
WHERE institution_id = $1
  AND occurrence_id = $2
  AND channel = $3
  AND contact_id = ANY ($4)
  AND published_at IS NOT NULL
  AND claim_token IS NULL
