-- $1 institution, $2 occurrence.
SELECT l.purpose, l.content_id, v.source, l.sender, l.token_key, l.organisation_id, o.name AS organisation, n.name AS institution,
       ARRAY(SELECT a.name FROM organisation a WHERE a.institution_id = $1 ORDER BY a.organisation_id) AS organisations
FROM launch l
JOIN institution n
  ON n.institution_id = l.institution_id
JOIN content_version v
  ON v.institution_id = l.institution_id
 AND v.content_id = l.content_id
LEFT JOIN organisation o
  ON o.institution_id = l.institution_id
 AND o.organisation_id = l.organisation_id
WHERE l.institution_id = $1
  AND l.occurrence_id = $2
