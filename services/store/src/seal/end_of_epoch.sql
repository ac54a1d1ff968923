-- $1 institution, $2 first transaction, $3 records of an epoch. NULL when there is nothing to seal.
-- Transactions older than the oldest running one are finished: no record of theirs can still appear.
WITH per_transaction AS (
    SELECT xid, sum(count(*)) OVER (ORDER BY xid) AS records
    FROM consent_record
    WHERE institution_id = $1
      AND xid >= $2
      AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    GROUP BY xid
)
SELECT coalesce(
    (SELECT min(xid) + 1 FROM per_transaction WHERE records >= $3),
    (SELECT max(xid) + 1 FROM per_transaction))
