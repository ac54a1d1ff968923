-- $1 institution, $2 run, $3 read, $4 new, $5 changed, $6 unchanged, $7 waiting, $8 rejected.
UPDATE import_run
SET rows_read = $3,
    rows_new = $4,
    rows_changed = $5,
    rows_unchanged = $6,
    rows_waiting = $7,
    rows_rejected = $8
WHERE institution_id = $1
  AND run_id = $2
