-- needs: ../organisations/incoming.sql
-- $1 institution, $2 kind, $3 rows.
INSERT INTO incoming
SELECT b.*
FROM waiting_row w
CROSS JOIN LATERAL jsonb_populate_record(NULL::incoming, w.body) AS b
WHERE w.institution_id = $1
  AND w.kind = $2
  AND w.row_id = ANY ($3)
