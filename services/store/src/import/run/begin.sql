-- $1 institution, $2 run, $3 kind, $4 source, $5 file name, $6 as of, $7 machine stamp.
INSERT INTO import_run (institution_id, run_id, kind, source, file_name, as_of, started_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
