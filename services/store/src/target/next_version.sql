-- $1 institution, $2 code, $3 name, $4 kind. The kind that comes back is that of the target that was there.
INSERT INTO target (institution_id, code, name, kind, version)
VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (institution_id, code) WHERE archived_at IS NULL
DO UPDATE SET name = excluded.name, version = target.version + 1
RETURNING target_id, kind, version
