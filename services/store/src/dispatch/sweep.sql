-- $1 lane, $2 age, across all institutions. A row that is just being claimed is left to its claim, so that neither waits for
-- the other. Locked rows keep their place, so they are found again by it.
UPDATE outbox
SET published_at = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM outbox
    WHERE lane = $1
      AND published_at < clock_timestamp() - $2::interval
      AND claim_token IS NULL
    FOR UPDATE SKIP LOCKED
))
