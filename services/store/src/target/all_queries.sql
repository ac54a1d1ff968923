-- $1 institution.
SELECT t.code, v.query
FROM target t
JOIN target_version v
  ON v.institution_id = t.institution_id
 AND v.target_id = t.target_id
 AND v.version = t.version
WHERE t.institution_id = $1
  AND t.archived_at IS NULL
  AND v.query IS NOT NULL
ORDER BY t.code
