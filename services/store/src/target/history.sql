-- $1 institution, $2 target.
SELECT t.code, t.name, t.kind, v.version, v.origin, v.members, v.added, v.removed, v.made_at, v.made_by
FROM target t
JOIN target_version v
  ON v.institution_id = t.institution_id
 AND v.target_id = t.target_id
WHERE t.institution_id = $1
  AND t.target_id = $2
ORDER BY v.version DESC
