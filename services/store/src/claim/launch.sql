-- $1 institution, $2 occurrence, $3 how old the beat of a process that accepts refusals may be.
SELECT l.state, l.purpose, l.organisation_id, l.topic_id, l.unset_means, l.renewal_from, l.renewal_until, l.expires_at,
       p.retention_months AS retention_then, p.click_tracking AS click_tracking_then,
       EXISTS (
           SELECT
           FROM worker w
           WHERE w.role = 'track'
             AND w.ended_at IS NULL
             AND w.lost_at IS NULL
             AND (NOT w.spool_empty OR w.beat_at < clock_timestamp() - $3::interval)
       ) AS refusals_pending
FROM launch l
-- What was chosen when it was launched: loosening a policy affects new launches only.
LEFT JOIN LATERAL (
    SELECT retention_months, click_tracking
    FROM policy
    WHERE institution_id = $1
      AND (since <= l.launched_at OR version = 1)
    ORDER BY version DESC
    LIMIT 1
) p ON true
WHERE l.institution_id = $1
  AND l.occurrence_id = $2
