-- $1 institution, $2 occurrence, $3 the state "cancelled", $4 business now, $5 how many at most.
-- The fence is closed: a row that nobody holds now stays so. A row that is held ends by its result, or comes back unheld.
WITH free AS MATERIALIZED (
    SELECT m.contact_id, m.channel
    FROM message m
    LEFT JOIN outbox o
      ON o.institution_id = m.institution_id
     AND o.occurrence_id = m.occurrence_id
     AND o.contact_id = m.contact_id
     AND o.channel = m.channel
    WHERE m.institution_id = $1
      AND m.occurrence_id = $2
      AND m.state = 0
      AND o.claim_token IS NULL
    ORDER BY m.contact_id
    LIMIT $5
    FOR UPDATE OF m
), ended AS (
    UPDATE message m
    SET state = $3,
        ended_at = $4
    FROM free f
    WHERE m.institution_id = $1
      AND m.occurrence_id = $2
      AND m.contact_id = f.contact_id
      AND m.channel = f.channel
    RETURNING m.contact_id, m.channel
), gone AS (
    DELETE FROM outbox o
    USING ended e
    WHERE o.institution_id = $1
      AND o.occurrence_id = $2
      AND o.contact_id = e.contact_id
      AND o.channel = e.channel
      AND o.claim_token IS NULL
)
SELECT (SELECT count(*) FROM ended),
       (SELECT count(*)
        FROM outbox
        WHERE institution_id = $1
          AND occurrence_id = $2
          AND claim_token IS NOT NULL)
