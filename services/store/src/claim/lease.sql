-- $1 institution, $2 occurrence, $3 channel, and per contact: $4 who, $5 address hash; $6 token, $7 worker.
-- Leases for those whom nobody else holds; one attempt each, with the lease's stamp. claimed_at is read after the gates were
-- locked, by an earlier statement.
WITH leased AS (
    UPDATE outbox
    SET claim_token = $6,
        claimed_at = clock_timestamp(),
        worker_id = $7,
        attempts = attempts + 1
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = ANY ($4::bigint[])
      AND channel = $3
      AND claim_token IS NULL
    RETURNING contact_id, attempts, claimed_at
)
INSERT INTO attempt
    (institution_id, occurrence_id, contact_id, channel, attempt_no, claim_token, worker_id, address_hash, claimed_at)
SELECT $1, $2, contact_id, $3, attempts, $6, $7, ($5::bytea[])[array_position($4::bigint[], contact_id)], claimed_at
FROM leased
RETURNING contact_id, attempt_no
