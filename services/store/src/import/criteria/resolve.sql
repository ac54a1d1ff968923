-- needs: incoming.sql
-- $1 institution.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       NULL::text AS missing_kind,
       NULL::text AS missing_id,
       import_outcome(k.flaw, NULL, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           c.as_of AS old_as_of,
           c.content_hash AS old_hash,
           CASE WHEN c.value_type <> i.value_type THEN 'another type' END AS flaw
    FROM incoming i
    LEFT JOIN LATERAL (
        SELECT value_type, as_of, content_hash
        FROM criterion
        WHERE institution_id = $1
          AND code = i.code
        LIMIT 1
    ) AS c ON true
) AS k
