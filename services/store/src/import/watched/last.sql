-- $1 institution, $2 mapping. Its last file that changed anything or could have, which a refused one could not; and whether the
-- mapping was saved anew since: the same content may then mean something else.
SELECT w.content_hash,
       w.file_name,
       w.as_of,
       w.outcome,
       EXISTS (
           SELECT
           FROM import_mapping m
           WHERE m.institution_id = $1
             AND m.name = w.mapping
             AND m.saved_at > w.as_of
       ) AS is_outdated
FROM watched_file w
WHERE w.institution_id = $1
  AND w.mapping = $2
  AND w.outcome <> 2
ORDER BY w.file_id DESC
LIMIT 1
