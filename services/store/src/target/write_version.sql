INSERT INTO target_version (institution_id, target_id, version, query, origin, members, added, removed, made_at, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
