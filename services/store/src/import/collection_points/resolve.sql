-- needs: incoming.sql
-- $1 institution, $2 source.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       CASE WHEN k.missing_kind IS NOT NULL THEN k.organisation END AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, k.missing_kind, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           coalesce(o.organisation_id, 0) AS organisation_id,
           p.as_of AS old_as_of,
           p.content_hash AS old_hash,
           CASE WHEN i.organisation IS NOT NULL AND o.organisation_id IS NULL THEN 'organisations' END AS missing_kind
    FROM incoming i
    LEFT JOIN LATERAL (
        SELECT organisation_id
        FROM organisation
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.organisation
        LIMIT 1
    ) AS o ON true
    LEFT JOIN LATERAL (
        SELECT as_of, content_hash
        FROM collection_point
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.external_id
        LIMIT 1
    ) AS p ON true
) AS k
