-- with enable_nestloop = off, enable_mergejoin = off, enable_hashagg = off, jit = off, work_mem = 64MB
--
-- One pass over the window, in the index alone, and its contacts sorted; the table of contacts is not read.
-- Tried and slower: hashing the groups (1.7 times the time); row_number() OVER (PARTITION BY contact_id) = 3 (1.1 times); joining the
-- result with the contacts (2.4 times).
SELECT a.contact_id
FROM activity a
WHERE a.institution_id = $1
  AND a.kind = 3
  AND a.happened_on >= ($2 - interval '12 months')::date
GROUP BY a.contact_id
HAVING count(*) >= 3
