-- $1 institution, $2 first launch, $3 how many launches. Links are numbered from 0 without a gap (store::launch).
SELECT l.occurrence_id,
       coalesce(array_agg(k.url ORDER BY k.link_no) FILTER (WHERE k.url IS NOT NULL), '{}') AS urls
FROM (
    SELECT occurrence_id
    FROM launch
    WHERE institution_id = $1
      AND occurrence_id >= $2
    ORDER BY occurrence_id
    LIMIT $3
) AS l
LEFT JOIN link k
  ON k.institution_id = $1
 AND k.occurrence_id = l.occurrence_id
GROUP BY l.occurrence_id
ORDER BY l.occurrence_id
