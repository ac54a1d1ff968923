-- needs: ../organisations/resolve.sql
-- $1 institution, $2 source, $3 kind of the resolved rows. Answers that wait for one of them.
SELECT w.row_id
FROM waiting_row w
WHERE w.institution_id = $1
  AND w.kind = 'authorisations'
  AND w.parent_kind = $3
  AND w.source = $2
  AND w.parent_id IN (SELECT external_id FROM resolved WHERE outcome NOT IN ('waiting', 'rejected'))
