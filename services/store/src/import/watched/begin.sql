-- $1 institution, $2 mapping, $3 hash of the content, $4 file name, $5 business time, $6 run.
INSERT INTO watched_file (institution_id, mapping, content_hash, file_name, as_of, runs)
VALUES ($1, $2, $3, $4, $5, ARRAY[$6::uuid])
RETURNING file_id
