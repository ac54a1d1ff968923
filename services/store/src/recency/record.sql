-- $1 institution, $2 contact, $3 activity, $4 organisation, $5 kind, $6 role, $7 happened on, $8 counts on, $9 learned at.
WITH added AS (
    INSERT INTO activity
        (institution_id, contact_id, activity_id, organisation_id, kind, role, happened_on, counts_on, as_of, content_hash)
    SELECT $1, c.contact_id, $3, $4, $5, $6, $7, $8, $9, 0
    FROM contact c
    WHERE c.institution_id = $1
      AND c.contact_id = $2
    ON CONFLICT DO NOTHING
    RETURNING contact_id, counts_on
)
INSERT INTO recency (institution_id, contact_id, active_on, created_on)
SELECT $1, a.contact_id, a.counts_on, c.created_on
FROM added a
JOIN contact c
  ON c.institution_id = $1
 AND c.contact_id = a.contact_id
WHERE a.counts_on IS NOT NULL
ON CONFLICT (institution_id, contact_id)
DO UPDATE SET active_on = excluded.active_on
WHERE recency.active_on IS NULL
   OR recency.active_on < excluded.active_on
