-- $1 institution, $2 channel, $3 hash, $4 organisation, $5 bits, $6 reason, $7 day.
WITH locked AS (
    INSERT INTO address (institution_id, channel, hash, organisation_id, key_id, blocks, reason, day)
    VALUES ($1, $2, $3, 0, 0, CASE WHEN $4 = 0 THEN $5 ELSE 0 END, $6, $7)
    ON CONFLICT (institution_id, channel, hash, organisation_id)
    DO UPDATE SET blocks = address.blocks | excluded.blocks, reason = excluded.reason, day = excluded.day
    RETURNING key_id
)
INSERT INTO address (institution_id, channel, hash, organisation_id, key_id, blocks, reason, day)
SELECT $1, $2, $3, $4, key_id, $5, $6, $7
FROM locked
WHERE $4 <> 0
ON CONFLICT (institution_id, channel, hash, organisation_id)
DO UPDATE SET blocks = address.blocks | excluded.blocks, reason = excluded.reason, day = excluded.day
