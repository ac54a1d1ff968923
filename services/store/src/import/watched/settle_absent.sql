-- $1 institution, $2 mappings, $3 names in the folder.
UPDATE watched_file
SET settled = true
WHERE institution_id = $1
  AND NOT settled
  AND mapping = ANY ($2)
  AND file_name <> ALL ($3)
