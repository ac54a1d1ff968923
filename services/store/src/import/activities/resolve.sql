-- needs: incoming.sql
-- $1 institution, $2 source. Half a million rows: only the columns that are written.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT i.row_no,
       i.row_id,
       i.as_of,
       i.content_hash,
       i.kind,
       i.happened_on,
       i.amount,
       c.contact_id,
       coalesce(o.organisation_id, 0) AS organisation_id,
       p.product_id,
       counting_day(i.kind, i.happened_on, p.valid_on, p.state, false) AS counts_on,
       m.missing_kind,
       CASE m.missing_kind WHEN 'contacts' THEN i.contact WHEN 'organisations' THEN i.organisation WHEN 'products' THEN i.product END AS missing_id,
       NULL::text AS flaw,
       import_outcome(NULL, m.missing_kind, a.as_of, a.content_hash, i.as_of, i.content_hash) AS outcome
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
CROSS JOIN LATERAL (
    SELECT CASE WHEN c.contact_id IS NULL THEN 'contacts'
                WHEN i.organisation IS NOT NULL AND o.organisation_id IS NULL THEN 'organisations'
                WHEN i.product IS NOT NULL AND p.product_id IS NULL THEN 'products'
           END AS missing_kind
) AS m
