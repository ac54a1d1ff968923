-- needs: incoming.sql
-- $1 institution, $2 source.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       CASE k.missing_kind
           WHEN 'organisations' THEN k.organisation
           WHEN 'products' THEN k.product
           WHEN 'wordings' THEN k.opt_out_wording
           WHEN 'contacts' THEN CASE WHEN k.purchaser IS NOT NULL AND k.purchaser_id IS NULL THEN k.purchaser ELSE k.cultural_contact END
       END AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, k.missing_kind, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.*,
           o.organisation_id,
           p.product_id,
           b.contact_id AS purchaser_id,
           a.contact_id AS cultural_id,
           w.wording_id,
           counting_day(i.kind, i.ordered_on, p.valid_on, p.state, i.voided) AS counts_on,
           l.as_of AS old_as_of,
           l.content_hash AS old_hash,
           CASE WHEN o.organisation_id IS NULL THEN 'organisations'
                WHEN p.product_id IS NULL THEN 'products'
                WHEN i.purchaser IS NOT NULL AND b.contact_id IS NULL THEN 'contacts'
                WHEN i.cultural_contact IS NOT NULL AND a.contact_id IS NULL THEN 'contacts'
                WHEN i.opt_out_wording IS NOT NULL AND w.wording_id IS NULL THEN 'wordings'
           END AS missing_kind
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
        SELECT product_id, valid_on, state
        FROM product
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.product
        LIMIT 1
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT contact_id
        FROM contact
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.purchaser
        LIMIT 1
    ) AS b ON true
    LEFT JOIN LATERAL (
        SELECT contact_id
        FROM contact
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.cultural_contact
        LIMIT 1
    ) AS a ON true
    LEFT JOIN LATERAL (
        SELECT wording_id
        FROM wording
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.opt_out_wording
        LIMIT 1
    ) AS w ON true
    LEFT JOIN LATERAL (
        SELECT as_of, content_hash
        FROM order_line
        WHERE institution_id = $1
          AND line_id = i.row_id
        LIMIT 1
    ) AS l ON true
) AS k
