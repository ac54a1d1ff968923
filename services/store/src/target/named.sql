-- $1 institution, $2 codes.
SELECT t.code, t.target_id, t.name, t.kind, v.query
FROM target t
JOIN target_version v
  ON v.institution_id = t.institution_id
 AND v.target_id = t.target_id
 AND v.version = t.version
WHERE t.institution_id = $1
  AND t.code = ANY ($2)
  AND t.archived_at IS NULL
