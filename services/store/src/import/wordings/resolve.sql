-- needs: incoming.sql
-- $1 institution, $2 source.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       NULL::text AS missing_kind,
       NULL::text AS missing_id,
       import_outcome(k.flaw, NULL, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           w.as_of AS old_as_of,
           w.content_hash AS old_hash,
           CASE WHEN (w.text_hash, w.channels) <> (i.text_hash, i.channels) OR w.valid_months IS DISTINCT FROM i.valid_months AND w.wording_id IS NOT NULL
                THEN 'another wording' END AS flaw
    FROM incoming i
    LEFT JOIN LATERAL (
        SELECT wording_id, text_hash, channels, valid_months, as_of, content_hash
        FROM wording
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.external_id
        LIMIT 1
    ) AS w ON true
) AS k
