-- $1 institution, $2 hits up to here have been quarantined, $3 hits up to here wait no longer, $4 limit.
-- A later hit of the same message prolongs the quarantine, but not for ever.
SELECT w.contact_id, w.occurrence_id, w.channel
FROM (
    SELECT contact_id, occurrence_id, channel, min(hit_at) AS since
    FROM hit
    WHERE institution_id = $1
      AND verdict = 0
      AND hit_at <= $2
    GROUP BY contact_id, occurrence_id, channel
) AS w
JOIN message m
  ON m.institution_id = $1
 AND m.occurrence_id = w.occurrence_id
 AND m.contact_id = w.contact_id
 AND m.channel = w.channel
WHERE w.since <= $3
   OR NOT EXISTS (
      SELECT
      FROM hit h
      WHERE h.institution_id = $1
        AND h.occurrence_id = w.occurrence_id
        AND h.contact_id = w.contact_id
        AND h.channel = w.channel
        AND h.hit_at > $2
  )
ORDER BY w.contact_id, w.occurrence_id, w.channel
LIMIT $4
