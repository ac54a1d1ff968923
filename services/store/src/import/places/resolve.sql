-- needs: incoming.sql
-- $1 institution.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT i.*,
       NULL::text AS missing_kind,
       NULL::text AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, NULL, p.as_of, p.content_hash, i.as_of, i.content_hash) AS outcome
FROM incoming i
LEFT JOIN LATERAL (
    SELECT as_of, content_hash
    FROM place
    WHERE institution_id = $1
      AND country = i.country
      AND postal_code = i.postal_code
    LIMIT 1
) AS p ON true
