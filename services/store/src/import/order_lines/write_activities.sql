-- needs: resolve.sql
-- $1 institution. The money is the purchaser's. In the order of the contacts, as activities are.
INSERT INTO activity
    (institution_id, contact_id, activity_id, organisation_id, kind, role, product_id, happened_on, amount, voided, counts_on,
     as_of, content_hash)
SELECT $1, h.contact_id, h.activity_id, r.organisation_id, r.kind, h.role, r.product_id, r.ordered_on,
       CASE WHEN h.role = 0 THEN r.amount END, r.voided, r.counts_on, r.as_of, r.content_hash
FROM resolved r
CROSS JOIN LATERAL (
    VALUES (0::smallint, r.purchaser_id, r.purchaser_activity), (1::smallint, r.cultural_id, r.cultural_activity)
) AS h (role, contact_id, activity_id)
WHERE r.outcome IN ('new', 'changed')
  AND h.contact_id IS NOT NULL
ORDER BY h.contact_id
