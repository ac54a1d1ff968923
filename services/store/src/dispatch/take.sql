-- $1 institution, $2 occurrence, $3 how many, $4 business now. The launch row is locked.
-- The ledger is written at launch and never grows: fewer rows than asked for means that the cursor has reached its end.
WITH this AS MATERIALIZED (
    SELECT cursor, channel, lane
    FROM launch
    WHERE institution_id = $1
      AND occurrence_id = $2
), due AS MATERIALIZED (
    SELECT contact_id, channel
    FROM outbox
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND published_at IS NULL
      AND claim_token IS NULL
      AND due_at <= $4
    ORDER BY due_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
), again AS (
    UPDATE outbox o
    SET published_at = clock_timestamp()
    FROM due d
    WHERE o.institution_id = $1
      AND o.occurrence_id = $2
      AND o.contact_id = d.contact_id
      AND o.channel = d.channel
    RETURNING o.contact_id
), wanted AS MATERIALIZED (
    SELECT $3::bigint - count(*) AS rows
    FROM due
), fresh AS MATERIALIZED (
    SELECT contact_id, channel
    FROM message
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id > (SELECT cursor FROM this)
      AND state = 0
    ORDER BY contact_id
    LIMIT (SELECT rows FROM wanted)
), added AS (
    INSERT INTO outbox (institution_id, occurrence_id, contact_id, channel, lane, due_at, published_at)
    SELECT $1, $2, f.contact_id, f.channel, t.lane, $4, clock_timestamp()
    FROM fresh f
    CROSS JOIN this t
    ON CONFLICT DO NOTHING
    RETURNING contact_id
), moved AS (
    UPDATE launch l
    SET cursor = CASE WHEN f.rows < w.rows THEN 9223372036854775807 ELSE f.last END
    FROM (SELECT count(*) AS rows, max(contact_id) AS last FROM fresh) f
    CROSS JOIN wanted w
    WHERE l.institution_id = $1
      AND l.occurrence_id = $2
      AND w.rows > 0
      AND l.cursor < 9223372036854775807
)
SELECT contact_id FROM again
UNION ALL
SELECT contact_id FROM added
