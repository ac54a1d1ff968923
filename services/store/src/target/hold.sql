-- $1 institution, $2 codes.
SELECT
FROM target
WHERE institution_id = $1
  AND code = ANY ($2)
  AND archived_at IS NULL
ORDER BY target_id
FOR SHARE
