-- $1 institution, $2 contact, $3 channel, $4 age of consent. What is known of the contact today and by no record of consent.
SELECT c.state, g.address_hash IS NULL AS no_address,
       CASE WHEN c.guardian THEN NULL ELSE (c.birth_date + make_interval(years => $4::int))::date END AS of_age_on,
       r.counts_on
FROM contact c
JOIN gate g
  ON g.institution_id = $1
 AND g.contact_id = c.contact_id
 AND g.channel = $3
LEFT JOIN recency r
  ON r.institution_id = $1
 AND r.contact_id = c.contact_id
WHERE c.institution_id = $1
  AND c.contact_id = $2
