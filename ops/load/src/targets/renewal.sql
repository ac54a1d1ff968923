-- with enable_nestloop = off, enable_mergejoin = off, enable_hashagg = off, jit = off, work_mem = 64MB
--
-- The three months of recency and the two answers are read from their indexes alone and hashed; the contacts are read once.
-- Tried and slower: looking contact and answers up by key, from the recency or from a materialised list of it (nested loops, 1.6 to
-- 2.3 times the time); both answers in one pass with GROUP BY contact_id HAVING bool_and(...) (2.6 times). As fast: EXCEPT in the
-- place of NOT EXISTS.
SELECT c.contact_id
FROM recency r
JOIN contact c
  ON c.institution_id = $1
 AND c.contact_id = r.contact_id
 AND c.kind = 0
JOIN authorisation g
  ON g.institution_id = $1
 AND g.contact_id = r.contact_id
 AND g.organisation_id = 0 AND g.topic_id = 0 AND g.channel = 0
 AND g.answer = 1
 AND (g.expires_on IS NULL OR g.expires_on >= $2)
WHERE r.institution_id = $1
  AND r.counts_on BETWEEN ($2 - interval '36 months')::date AND ($2 - interval '33 months')::date
  AND NOT EXISTS (SELECT
                  FROM authorisation e
                  WHERE e.institution_id = $1 AND e.contact_id = r.contact_id AND e.organisation_id = 0 AND e.topic_id = 0
                    AND e.channel = 1 AND e.answer = 2)
