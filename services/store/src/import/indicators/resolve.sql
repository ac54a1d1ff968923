-- needs: incoming.sql
-- $1 institution.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       NULL::text AS missing_kind,
       NULL::text AS missing_id,
       import_outcome(k.flaw, NULL, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           d.as_of AS old_as_of,
           d.content_hash AS old_hash,
           CASE WHEN d.value_type <> i.value_type THEN 'another type' END AS flaw
    FROM incoming i
    LEFT JOIN LATERAL (
        SELECT value_type, as_of, content_hash
        FROM indicator
        WHERE institution_id = $1
          AND code = i.code
        LIMIT 1
    ) AS d ON true
) AS k
