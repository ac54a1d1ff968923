-- needs: resolve.sql
-- $1 the answer "yes".
SELECT count(*)
FROM resolved
WHERE answer = $1
  AND is_proven IS NOT TRUE
  AND outcome <> 'waiting'
