-- $1 institution, $2 number, $3 and $4 span of transactions, $5 leaves, $6 root, $7 previous hash, $8 hash, $9 records, $10 their leaves.
WITH epoch AS (
    INSERT INTO seal_epoch (institution_id, no, from_xid, to_xid, leaves, root, prev, hash, sealed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
)
INSERT INTO seal_leaf (institution_id, epoch_no, position, record_id, leaf)
SELECT $1, $2, t.position, t.record_id, t.leaf
FROM unnest($9::uuid[], $10::bytea[]) WITH ORDINALITY AS t (record_id, leaf, position)
