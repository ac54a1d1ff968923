-- $1 institution, $2 file, $3 outcome, $4 its name where it goes, $5 report.
UPDATE watched_file
SET outcome = $3,
    moved_to = $4,
    report = $5
WHERE institution_id = $1
  AND file_id = $2
