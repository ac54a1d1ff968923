-- $1 institution.
INSERT INTO recency (institution_id, contact_id, active_on, created_on)
SELECT $1, c.contact_id, a.active_on, c.created_on
FROM contact c
LEFT JOIN (
    SELECT contact_id, max(counts_on) AS active_on
    FROM activity
    WHERE institution_id = $1
    GROUP BY contact_id
) AS a
  ON a.contact_id = c.contact_id
WHERE c.institution_id = $1
ORDER BY c.contact_id
