-- $1 institution, $2 the version of the rules, $3 hits before are left as they are, $4 limit. Reads the whole table: once per start.
SELECT DISTINCT h.contact_id, h.occurrence_id, h.channel
FROM hit h
JOIN message m
  ON m.institution_id = $1
 AND m.occurrence_id = h.occurrence_id
 AND m.contact_id = h.contact_id
 AND m.channel = h.channel
WHERE h.institution_id = $1
  AND h.verdict <> 0
  AND h.rule_version < $2
  AND h.hit_at >= $3
ORDER BY h.contact_id, h.occurrence_id, h.channel
LIMIT $4
