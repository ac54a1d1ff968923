-- $1 institution, $2 occurrence, $3 human, $4 machine, $5 undecided, $6 pending.
SELECT count(*) AS hits,
       count(*) FILTER (WHERE verdict = $3) AS human,
       count(*) FILTER (WHERE verdict = $4) AS machine,
       count(*) FILTER (WHERE verdict = $5) AS undecided,
       count(*) FILTER (WHERE verdict = $6) AS pending
FROM hit
WHERE institution_id = $1
  AND occurrence_id = $2
