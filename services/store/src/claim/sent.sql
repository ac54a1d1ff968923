-- $1 institution, $2 occurrence, $3 channel, $4 contacts, $5 the instant after which a message counts.
-- The marketing (purpose 0) of other launches that counts against a frequency cap, a row each: what was taken (2) or may have been
-- (4), and, without an instant, what is on the wire now. No message leaves after its launch expired.
WITH recent AS MATERIALIZED (
    SELECT occurrence_id
    FROM launch
    WHERE institution_id = $1
      AND channel = $3
      AND purpose = 0
      AND expires_at > $5
      AND occurrence_id <> $2
)
SELECT asked.contact_id, m.ended_at
FROM unnest($4::bigint[]) AS asked (contact_id)
CROSS JOIN LATERAL (
    SELECT occurrence_id, bool_or(outcome IS NULL) AS open
    FROM attempt
    WHERE contact_id = asked.contact_id
      AND institution_id = $1
      AND occurrence_id >= (SELECT min(occurrence_id) FROM recent)
      AND channel = $3
    GROUP BY occurrence_id
) a
JOIN recent r
  ON r.occurrence_id = a.occurrence_id
CROSS JOIN LATERAL (
    SELECT state, ended_at
    FROM message
    WHERE institution_id = $1
      AND occurrence_id = a.occurrence_id
      AND contact_id = asked.contact_id
      AND channel = $3
    OFFSET 0
) m
WHERE m.state IN (2, 4)
  AND m.ended_at > $5
   OR m.state = 0
  AND a.open
