-- needs: incoming.sql
-- $1 institution, $2 source.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT i.*,
       o.organisation_id,
       NULL::text AS missing_kind,
       NULL::text AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, NULL, o.as_of, o.content_hash, i.as_of, i.content_hash) AS outcome
FROM incoming i
LEFT JOIN LATERAL (
    SELECT organisation_id, as_of, content_hash
    FROM organisation
    WHERE institution_id = $1
      AND source = $2
      AND external_id = i.external_id
    LIMIT 1
) AS o ON true
