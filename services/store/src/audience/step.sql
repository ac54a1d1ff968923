-- $16 the reasons that must be given, $17 those that must not.
SELECT c.source, c.external_id, a.blocks
FROM audience a
JOIN contact c
  ON c.institution_id = $1
 AND c.contact_id = a.contact_id
WHERE a.blocks & $16 = $16
  AND a.blocks & $17 = 0
ORDER BY c.source, c.external_id
