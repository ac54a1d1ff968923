-- $1 institution, $2 contacts, locked. One step into activity_by_counting_day for each.
UPDATE recency r
SET active_on = latest.day
FROM (
    SELECT DISTINCT c.contact_id,
           (SELECT max(a.counts_on)
            FROM activity a
            WHERE a.institution_id = $1
              AND a.contact_id = c.contact_id) AS day
    FROM unnest($2::bigint[]) AS c (contact_id)
) AS latest
WHERE r.institution_id = $1
  AND r.contact_id = latest.contact_id
  AND r.active_on IS DISTINCT FROM latest.day
