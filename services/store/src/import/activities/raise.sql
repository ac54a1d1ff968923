-- needs: resolve.sql
-- $1 institution.
UPDATE recency c
SET active_on = latest.day
FROM (
    SELECT contact_id, max(counts_on) AS day
    FROM resolved
    WHERE outcome IN ('new', 'changed')
    GROUP BY contact_id
) AS latest
WHERE c.institution_id = $1
  AND c.contact_id = latest.contact_id
  AND (c.active_on IS NULL OR c.active_on < latest.day)
