-- $1 institution, $2 contact, $3 day. Where the contact had bought by then, as purchaser, with the opt-out shown (LA-22).
SELECT DISTINCT organisation_id
FROM order_line
WHERE institution_id = $1
  AND contact_id = $2
  AND role = 0
  AND state = 3
  AND opt_out_wording IS NOT NULL
  AND ($3::date IS NULL OR ordered_on <= $3)
