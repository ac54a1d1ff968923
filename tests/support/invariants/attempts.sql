-- outcome 1: accepted, 4: unknown (store::result::Ending).
SELECT format('launch %s, contact %s: %s attempts numbered up to %s, %s of them may have arrived', occurrence_id, contact_id,
              count(*), max(attempt_no), count(*) FILTER (WHERE outcome IN (1, 4)))
FROM attempt
GROUP BY institution_id, occurrence_id, contact_id, channel
HAVING min(attempt_no) <> 1
    OR max(attempt_no) <> count(*)
    OR count(*) FILTER (WHERE outcome IN (1, 4)) > 1
