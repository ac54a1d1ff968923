-- $1 institution, $2 name, $3 the mapping as written, $4 business time.
INSERT INTO import_mapping (institution_id, name, body, saved_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (institution_id, name) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at
