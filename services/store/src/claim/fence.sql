-- $1 institution, $2 occurrence, $3 channel.
-- Passes the fence of the launch, which is held until the transaction ends (store::control), and says which frequency caps cover
-- its messages: the one that was frozen with it, and the one in force.
SELECT pg_advisory_xact_lock_shared($1, $2), l.purpose, l.cap_messages AS frozen_messages, l.cap_days AS frozen_days, c.messages,
       c.days
FROM (VALUES (0)) AS always (row)
LEFT JOIN launch l
  ON l.institution_id = $1
 AND l.occurrence_id = $2
LEFT JOIN LATERAL (
    SELECT messages, days
    FROM frequency_cap
    WHERE institution_id = $1
      AND channel = $3
    ORDER BY cap_no DESC
    LIMIT 1
) c ON true
