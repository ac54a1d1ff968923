SELECT format('%s: %s, %s on %s, state %s', p.external_id, p.name, p.category, p.valid_on, p.state)
FROM product p
JOIN institution i USING (institution_id)
WHERE i.code = $1
ORDER BY 1
