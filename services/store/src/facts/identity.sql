-- $1 institution, $2 contacts.
SELECT c.contact_id, c.bucket, c.source, c.external_id, c.kind, c.roles, c.first_name, c.last_name, c.birth_date, c.gender, c.language,
       c.email_key, c.mobile, c.postal_code, c.city, c.country, c.created_on, r.counts_on
FROM contact c
LEFT JOIN recency r
  ON r.institution_id = $1
 AND r.contact_id = c.contact_id
WHERE c.institution_id = $1
  AND c.contact_id = ANY ($2)
