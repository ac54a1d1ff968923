-- needs: resolve.sql
-- $1 institution.
UPDATE recency c
SET active_on = latest.day
FROM (
    SELECT h.contact_id, max(r.counts_on) AS day
    FROM resolved r
    CROSS JOIN LATERAL (VALUES (r.purchaser_id), (r.cultural_id)) AS h (contact_id)
    WHERE r.outcome IN ('new', 'changed')
      AND h.contact_id IS NOT NULL
    GROUP BY h.contact_id
) AS latest
WHERE c.institution_id = $1
  AND c.contact_id = latest.contact_id
  AND (c.active_on IS NULL OR c.active_on < latest.day)
