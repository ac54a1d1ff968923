-- needs: incoming.sql, problems.sql
-- $1 institution, $2 source. A file cannot bring back who was anonymised.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT i.*,
       c.contact_id,
       p.flaw,
       CASE WHEN p.missing IS NOT NULL THEN 'criteria' END AS missing_kind,
       p.missing AS missing_id,
       CASE WHEN c.state >= 2 THEN 'unchanged'
            ELSE import_outcome(p.flaw, p.missing, c.as_of, c.content_hash, i.as_of, i.content_hash)
       END AS outcome
FROM incoming i
LEFT JOIN LATERAL (
    SELECT contact_id, state, as_of, content_hash
    FROM contact
    WHERE institution_id = $1
      AND source = $2
      AND external_id = i.external_id
    LIMIT 1
) AS c ON true
LEFT JOIN incoming_problem p
  ON p.row_id = i.row_id
