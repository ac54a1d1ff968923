-- $1 institution, $2 runs.
SELECT run_id, rows_read, rows_new, rows_changed, rows_unchanged, rows_waiting, rows_rejected
FROM import_run
WHERE institution_id = $1
  AND run_id = ANY ($2)
ORDER BY started_at
