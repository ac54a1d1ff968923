SELECT format('%s: kind %s as %s with %s on %s counts on %s, voided %s', c.external_id, a.kind, a.role, p.external_id, a.happened_on, a.counts_on,
              a.voided)
FROM activity a
JOIN institution i USING (institution_id)
JOIN contact c USING (institution_id, contact_id)
LEFT JOIN product p ON p.institution_id = a.institution_id AND p.product_id = a.product_id
WHERE i.code = $1
ORDER BY 1
