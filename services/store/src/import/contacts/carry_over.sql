-- needs: addresses.sql
-- $1 institution, $2 channel. What was blocked under an earlier key is blocked under the current one (CO-23).
INSERT INTO address (institution_id, channel, hash, organisation_id, key_id, blocks, reason, day, expires_on)
SELECT $1, $2, n.hash, d.organisation_id, min(n.key_id), bit_or(d.blocks), min(d.reason), max(d.day),
       nullif(max(coalesce(d.expires_on, '9999-12-31')), '9999-12-31')
FROM incoming_address n
JOIN incoming_address o
  ON o.contact_id = n.contact_id
 AND NOT o.is_current
CROSS JOIN LATERAL (
    SELECT organisation_id, blocks, reason, day, expires_on
    FROM address
    WHERE institution_id = $1
      AND channel = $2
      AND hash = o.hash
      AND blocks <> 0
    OFFSET 0
) AS d
WHERE n.is_current
GROUP BY n.hash, d.organisation_id
ON CONFLICT (institution_id, channel, hash, organisation_id)
DO UPDATE SET
    blocks = address.blocks | excluded.blocks,
    reason = coalesce(address.reason, excluded.reason),
    day = greatest(address.day, excluded.day),
    expires_on = CASE WHEN address.blocks = 0 THEN excluded.expires_on
                      WHEN address.expires_on IS NULL OR excluded.expires_on IS NULL THEN NULL
                      ELSE greatest(address.expires_on, excluded.expires_on)
                 END
