-- $1 institution, $2 kind, $3 source, $4 run.
SELECT EXISTS (
    SELECT
    FROM import_run
    WHERE institution_id = $1
      AND kind = $2
      AND source = $3
      AND run_id <> $4
)
