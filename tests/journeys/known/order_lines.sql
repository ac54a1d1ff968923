SELECT format('%s as %s of %s at %s: state %s on %s, %s for %s', c.external_id, l.role, p.external_id, o.external_id, l.state, l.ordered_on,
              l.quantity, l.amount)
FROM order_line l
JOIN institution i USING (institution_id)
JOIN contact c USING (institution_id, contact_id)
JOIN product p USING (institution_id, product_id)
JOIN organisation o ON o.institution_id = l.institution_id AND o.organisation_id = l.organisation_id
WHERE i.code = $1
ORDER BY 1
