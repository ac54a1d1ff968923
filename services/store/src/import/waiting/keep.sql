-- needs: ../organisations/resolve.sql
-- $1 institution, $2 source, $3 kind, $4 run. The latest version of a row waits.
INSERT INTO waiting_row (institution_id, kind, row_id, run_id, source, parent_kind, parent_id, as_of, content_hash, body)
SELECT $1, $3, r.row_id, $4, $2, r.missing_kind, r.missing_id, r.as_of, r.content_hash, to_jsonb(i)
FROM resolved r
JOIN incoming i
  ON i.row_id = r.row_id
 AND i.row_no = r.row_no
WHERE r.outcome = 'waiting'
ON CONFLICT (institution_id, kind, row_id)
DO UPDATE SET
    run_id = excluded.run_id,
    parent_kind = excluded.parent_kind,
    parent_id = excluded.parent_id,
    as_of = excluded.as_of,
    content_hash = excluded.content_hash,
    body = excluded.body
WHERE (waiting_row.as_of, waiting_row.content_hash) <= (excluded.as_of, excluded.content_hash)
