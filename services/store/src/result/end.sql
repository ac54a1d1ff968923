-- $1 institution, $2 occurrence, $3 channel, and per contact: $4 who, $5 attempt, $6 token, $7 outcome, $8 code,
-- $9 enhanced code, $10 fault, $11 the message's state or NULL, $12 when it is due again, $13 deferrals, $14 releases;
-- $15 business now.
-- With a state the message is final; without one it waits until it is due. The attempt decides: one that has ended already is
-- returned to nobody and changes nothing.
WITH ended AS (
    UPDATE attempt
    SET ended_at = clock_timestamp(),
        outcome = ($7::smallint[])[array_position($4::bigint[], contact_id)],
        code = ($8::smallint[])[array_position($4::bigint[], contact_id)],
        enhanced = ($9::text[])[array_position($4::bigint[], contact_id)],
        fault = ($10::smallint[])[array_position($4::bigint[], contact_id)]
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = ANY ($4::bigint[])
      AND channel = $3
      AND attempt_no = ($5::smallint[])[array_position($4::bigint[], contact_id)]
      AND claim_token = ($6::uuid[])[array_position($4::bigint[], contact_id)]
      AND outcome IS NULL
    RETURNING contact_id, address_hash, ($11::smallint[])[array_position($4::bigint[], contact_id)] AS state
), final AS (
    UPDATE message
    SET state = ($11::smallint[])[array_position($4::bigint[], contact_id)],
        blocks_claim = 0,
        ended_at = $15
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = ANY (ARRAY(SELECT contact_id FROM ended WHERE state IS NOT NULL))
      AND channel = $3
      AND state = 0
), off_its_way AS (
    DELETE FROM outbox
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = ANY (ARRAY(SELECT contact_id FROM ended WHERE state IS NOT NULL))
      AND channel = $3
      AND claim_token = ($6::uuid[])[array_position($4::bigint[], contact_id)]
), back AS (
    UPDATE outbox
    SET claim_token = NULL,
        claimed_at = NULL,
        worker_id = NULL,
        published_at = NULL,
        due_at = ($12::timestamptz[])[array_position($4::bigint[], contact_id)],
        deferrals = ($13::smallint[])[array_position($4::bigint[], contact_id)],
        releases = ($14::smallint[])[array_position($4::bigint[], contact_id)]
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = ANY (ARRAY(SELECT contact_id FROM ended WHERE state IS NULL))
      AND channel = $3
      AND claim_token = ($6::uuid[])[array_position($4::bigint[], contact_id)]
)
SELECT contact_id, address_hash
FROM ended
