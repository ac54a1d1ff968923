-- needs: ../organisations/resolve.sql
-- $1 institution, $2 kind. What was applied or outdated waits no more.
DELETE FROM waiting_row w
USING resolved r
WHERE w.institution_id = $1
  AND w.kind = $2
  AND w.row_id = r.row_id
  AND r.outcome <> 'waiting'
  AND (w.as_of, w.content_hash) <= (r.as_of, r.content_hash)
