-- needs: incoming.sql
-- $1 institution, $2 source.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       CASE k.missing_kind WHEN 'contacts' THEN k.contact WHEN 'organisations' THEN k.organisation WHEN 'products' THEN k.product END AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, k.missing_kind, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           c.contact_id,
           coalesce(o.organisation_id, 0) AS organisation_id,
           p.product_id,
           counting_day(i.kind, i.happened_on, p.valid_on, p.state, false) AS counts_on,
           a.as_of AS old_as_of,
           a.content_hash AS old_hash,
           CASE WHEN c.contact_id IS NULL THEN 'contacts'
                WHEN i.organisation IS NOT NULL AND o.organisation_id IS NULL THEN 'organisations'
                WHEN i.product IS NOT NULL AND p.product_id IS NULL THEN 'products'
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
        SELECT product_id, valid_on, state
        FROM product
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.product
        LIMIT 1
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT as_of, content_hash
        FROM activity
        WHERE institution_id = $1
          AND activity_id = i.row_id
        LIMIT 1
    ) AS a ON true
) AS k
