INSERT INTO recency (institution_id, contact_id, active_on)
SELECT institution_id, contact_id, (clock_timestamp() - interval '1 year')::date
FROM contact
WHERE institution_id = $1
