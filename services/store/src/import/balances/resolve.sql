-- needs: incoming.sql
-- $1 institution, $2 source.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       CASE k.missing_kind WHEN 'contacts' THEN k.contact WHEN 'organisations' THEN k.organisation END AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, k.missing_kind, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           c.contact_id,
           coalesce(o.organisation_id, 0) AS organisation_id,
           b.as_of AS old_as_of,
           b.content_hash AS old_hash,
           CASE WHEN c.contact_id IS NULL THEN 'contacts'
                WHEN i.organisation IS NOT NULL AND o.organisation_id IS NULL THEN 'organisations'
           END AS missing_kind
    FROM incoming i
    LEFT JOIN LATERAL (
        SELECT contact_id
        FROM contact
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.contact
        LIMIT 1
    ) AS c ON true
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
        FROM balance
        WHERE institution_id = $1
          AND balance_id = i.row_id
        LIMIT 1
    ) AS b ON true
) AS k
