-- needs: resolve.sql
-- $1 institution. The contacts whose activities now count on another day.
UPDATE activity a
SET counts_on = counting_day(a.kind, a.happened_on, r.valid_on, r.state, a.voided)
FROM resolved r
WHERE r.outcome = 'changed'
  AND r.moves
  AND a.institution_id = $1
  AND a.product_id = r.product_id
  AND a.counts_on IS DISTINCT FROM counting_day(a.kind, a.happened_on, r.valid_on, r.state, a.voided)
RETURNING a.contact_id
