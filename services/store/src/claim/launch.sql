-- $1 institution, $2 occurrence, $3 how old the beat of a process that accepts refusals may be.
SELECT l.state, l.purpose, l.organisation_id, l.topic_id, l.unset_means, l.renewal_from, l.renewal_until, l.expires_at,
       EXISTS (
           SELECT
           FROM worker w
           WHERE w.role = 'track'
             AND w.ended_at IS NULL
             AND w.lost_at IS NULL
             AND (NOT w.spool_empty OR w.beat_at < clock_timestamp() - $3::interval)
       ) AS refusals_pending
FROM launch l
WHERE l.institution_id = $1
  AND l.occurrence_id = $2
