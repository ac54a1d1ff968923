-- $1 institution. Order lines are read beside the activities that stand for them, so that a lost one shows;
-- the first three line states are the numbers of their kinds of activity, the others stand for a sale (model::recency).
WITH fact AS (
    SELECT a.contact_id,
           a.counts_on AS stored,
           counting_day(a.kind, a.happened_on, p.valid_on, p.state, a.voided) AS day
    FROM activity a
    LEFT JOIN product p
      ON p.institution_id = $1
     AND p.product_id = a.product_id
    WHERE a.institution_id = $1
    UNION ALL
    SELECT contact_id, day, day
    FROM (
        SELECT o.contact_id,
               counting_day(least(o.state, 3::smallint), o.ordered_on, p.valid_on, p.state, o.state IN (4, 5)) AS day
        FROM order_line o
        JOIN product p
          ON p.institution_id = $1
         AND p.product_id = o.product_id
        WHERE o.institution_id = $1
    ) AS line
), rebuilt AS (
    SELECT contact_id,
           max(day) AS active_on,
           bool_or(stored IS DISTINCT FROM day) AS misdated
    FROM fact
    GROUP BY contact_id
), expected AS (
    SELECT c.contact_id, b.active_on, c.created_on, coalesce(b.misdated, false) AS misdated
    FROM contact c
    LEFT JOIN rebuilt b
      ON b.contact_id = c.contact_id
    WHERE c.institution_id = $1
), kept AS (
    SELECT contact_id, active_on, created_on, true AS present
    FROM recency
    WHERE institution_id = $1
)
SELECT contact_id
FROM expected e
FULL JOIN kept k USING (contact_id)
WHERE e.misdated IS DISTINCT FROM false
   OR k.present IS NULL
   OR (e.active_on, e.created_on) IS DISTINCT FROM (k.active_on, k.created_on)
ORDER BY contact_id
