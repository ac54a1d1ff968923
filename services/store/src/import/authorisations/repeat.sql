-- needs: resolve.sql
-- $1 institution, $2 learned at. A stretch goes on while no other record of the same question stands later than its beginning.
WITH repeated AS (
    SELECT r.contact_id, r.row_id, r.as_of, c.organisation_id, c.topic_id, c.channel, s.first_said_at
    FROM resolved r
    JOIN consent_record c
      ON c.institution_id = $1
     AND c.contact_id = r.contact_id
     AND c.record_id = r.row_id
    LEFT JOIN LATERAL (
        SELECT first_said_at
        FROM consent_repeat
        WHERE institution_id = $1
          AND contact_id = r.contact_id
          AND record_id = r.row_id
        ORDER BY first_said_at DESC
        LIMIT 1
    ) AS s ON true
    WHERE r.outcome = 'confirmed'
)
INSERT INTO consent_repeat (institution_id, contact_id, record_id, first_said_at, said_at, first_learned_at, learned_at)
SELECT $1, r.contact_id, r.row_id,
       CASE WHEN r.first_said_at IS NULL OR EXISTS (
                SELECT
                FROM consent_record o
                LEFT JOIN consent_repeat p
                  ON p.institution_id = $1
                 AND p.contact_id = o.contact_id
                 AND p.record_id = o.record_id
                WHERE o.institution_id = $1
                  AND o.contact_id = r.contact_id
                  AND o.organisation_id = r.organisation_id
                  AND o.topic_id = r.topic_id
                  AND o.channel = r.channel
                  AND o.record_id <> r.row_id
                  AND greatest(o.happened_at, p.said_at) > r.first_said_at)
            THEN r.as_of
            ELSE r.first_said_at
       END,
       r.as_of, $2, $2
FROM repeated r
ON CONFLICT (institution_id, contact_id, record_id, first_said_at)
DO UPDATE SET said_at = greatest(consent_repeat.said_at, excluded.said_at),
              learned_at = greatest(consent_repeat.learned_at, excluded.learned_at)
