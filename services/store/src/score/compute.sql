-- model::score over rows. $1 institution, $2 sale, $3 purchaser, $4 first day, $5 last day, $6 profiling, $7 no.
-- rank() - 1 is how many values lie below: equal values share the lowest place among them.
WITH bought AS (
    SELECT a.contact_id,
           max(a.happened_on) AS last_on,
           count(*) AS sales,
           coalesce(sum(a.amount), 0) AS came_to
    FROM activity a
    WHERE a.institution_id = $1
      AND a.kind = $2
      AND a.role = $3
      AND a.happened_on BETWEEN $4 AND $5
      AND NOT a.voided
      AND NOT EXISTS (
          SELECT
          FROM authorisation s
          WHERE s.institution_id = $1
            AND s.contact_id = a.contact_id
            AND s.organisation_id = 0
            AND s.topic_id = 0
            AND s.channel = $6
            AND s.answer = $7
      )
    GROUP BY a.contact_id
), ranked AS (
    SELECT contact_id,
           (5 * (rank() OVER (ORDER BY last_on) - 1) / count(*) OVER () + 1)::smallint AS recency,
           (5 * (rank() OVER (ORDER BY sales) - 1) / count(*) OVER () + 1)::smallint AS frequency,
           (5 * (rank() OVER (ORDER BY came_to) - 1) / count(*) OVER () + 1)::smallint AS monetary
    FROM bought
), gone AS (
    DELETE FROM score s
    WHERE s.institution_id = $1
      AND NOT EXISTS (
          SELECT
          FROM ranked r
          WHERE r.contact_id = s.contact_id
      )
), written AS (
    -- What has not changed is not written again.
    INSERT INTO score (institution_id, contact_id, recency, frequency, monetary)
    SELECT $1, contact_id, recency, frequency, monetary
    FROM ranked
    ON CONFLICT (institution_id, contact_id) DO UPDATE
    SET recency = excluded.recency, frequency = excluded.frequency, monetary = excluded.monetary
    WHERE (score.recency, score.frequency, score.monetary) <> (excluded.recency, excluded.frequency, excluded.monetary)
)
SELECT count(*)
FROM ranked
