-- $1 institution, $2 mapping, $3 hash of the content, $4 file name.
SELECT file_id, as_of, runs, outcome, moved_to, report
FROM watched_file
WHERE institution_id = $1
  AND mapping = $2
  AND content_hash = $3
  AND file_name = $4
  AND NOT settled
