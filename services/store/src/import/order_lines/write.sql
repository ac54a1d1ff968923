-- needs: resolve.sql
-- $1 institution. The wording was shown to whoever bought. In the order of the contacts, as activities are.
INSERT INTO order_line
    (institution_id, contact_id, line_id, role, organisation_id, product_id, state, ordered_on, quantity, amount,
     opt_out_wording, as_of, content_hash)
SELECT $1, h.contact_id, r.row_id, h.role, r.organisation_id, r.product_id, r.state, r.ordered_on, r.quantity, r.amount,
       CASE WHEN h.role = 0 THEN r.wording_id END, r.as_of, r.content_hash
FROM resolved r
CROSS JOIN LATERAL (VALUES (0::smallint, r.purchaser_id), (1::smallint, r.cultural_id)) AS h (role, contact_id)
WHERE r.outcome IN ('new', 'changed')
  AND h.contact_id IS NOT NULL
ORDER BY h.contact_id
