-- $1 institution.
SELECT t.code, t.name, t.kind, v.version, v.origin, v.members, v.added, v.removed, v.made_at, v.made_by
FROM target t
JOIN target_version v
  ON v.institution_id = t.institution_id
 AND v.target_id = t.target_id
 AND v.version = t.version
WHERE t.institution_id = $1
  AND t.archived_at IS NULL
ORDER BY t.code
