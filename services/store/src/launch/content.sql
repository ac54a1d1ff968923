INSERT INTO content_version (institution_id, hash, source)
VALUES ($1, $2, $3)
ON CONFLICT (institution_id, hash) DO NOTHING
