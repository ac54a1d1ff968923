-- $1 institution, $2 codes, $3 the instant as of which they are asked for; NULL: now.
SELECT DISTINCT ON (t.code) t.code, t.target_id, t.name, t.kind, v.query
FROM target t
JOIN target_version v
  ON v.institution_id = t.institution_id
 AND v.target_id = t.target_id
WHERE t.institution_id = $1
  AND t.code = ANY ($2)
  AND CASE WHEN $3::timestamptz IS NULL THEN t.archived_at IS NULL AND v.version = t.version
           ELSE (t.archived_at IS NULL OR t.archived_at > $3) AND v.made_at <= $3 END
ORDER BY t.code, v.version DESC
