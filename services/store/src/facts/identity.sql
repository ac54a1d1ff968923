-- $1 institution, $2 contacts.
SELECT c.contact_id, c.bucket, c.source, c.external_id, c.kind, c.roles, c.first_name, c.last_name, c.birth_date, c.gender, c.language,
       c.email_key, c.mobile, c.postal_code, c.city, c.country, c.created_on, r.counts_on, p.latitude, p.longitude,
       s.recency, s.frequency, s.monetary
FROM contact c
LEFT JOIN recency r
  ON r.institution_id = $1
 AND r.contact_id = c.contact_id
LEFT JOIN place p
  ON p.institution_id = $1
 AND p.country = c.country
 AND p.postal_code = c.postal_code
LEFT JOIN score s
  ON s.institution_id = $1
 AND s.contact_id = c.contact_id
WHERE c.institution_id = $1
  AND c.contact_id = ANY ($2)
