-- needs: resolve.sql
-- $1 institution. Takes over the creation dates of changed contacts, whose activities may have changed as well.
UPDATE recency c
SET created_on = r.created_on
FROM resolved r
WHERE c.institution_id = $1
  AND c.contact_id = r.contact_id
  AND r.outcome = 'changed'
RETURNING c.contact_id
