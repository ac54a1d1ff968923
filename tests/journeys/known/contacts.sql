SELECT format('%s: %s %s, %s, %s, known since %s, recency %s (%s)', c.external_id, c.first_name, c.last_name, c.email_key, c.city, c.created_on,
              r.counts_on, r.active_on)
FROM contact c
JOIN institution i USING (institution_id)
JOIN recency r USING (institution_id, contact_id)
WHERE i.code = $1
ORDER BY 1
