-- $1 institution, $2 occurrence, $3 channel, and per contact: $4 who, $5 state, $6 blocks; $7 business now.
-- Final states for messages that were never sent. A message that is final already only loses its left-over outbox row.
WITH taken AS (
    DELETE FROM outbox
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = ANY ($4::bigint[])
      AND channel = $3
      AND claim_token IS NULL
    RETURNING contact_id
)
UPDATE message
SET state = ($5::smallint[])[array_position($4::bigint[], contact_id)],
    blocks_claim = nullif(($6::int[])[array_position($4::bigint[], contact_id)], 0),
    ended_at = $7
WHERE institution_id = $1
  AND occurrence_id = $2
  AND contact_id = ANY (ARRAY(SELECT contact_id FROM taken))
  AND channel = $3
  AND state = 0
RETURNING contact_id
