-- $1 spool, $2 first, $3 behind the last record of the stretch. A new spool begins at 0; a stretch that does not touch what
-- was taken before changes nothing.
INSERT INTO spool_progress (spool_id, taken_to)
SELECT $1, $3
WHERE $2 = 0
   OR EXISTS (SELECT FROM spool_progress WHERE spool_id = $1)
ON CONFLICT (spool_id)
DO UPDATE SET taken_to = greatest(spool_progress.taken_to, excluded.taken_to)
WHERE spool_progress.taken_to >= $2
