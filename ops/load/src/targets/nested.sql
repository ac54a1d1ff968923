-- with enable_nestloop = off, enable_mergejoin = off, enable_hashagg = off, jit = off, work_mem = 64MB
--
-- What stands under OR is hashed once and asked of each contact; what stands beside it is an anti-join. Both refusals are one join of
-- two short lists. The few products of the coming months are an array, so that their order lines are looked up by product.
-- Tried and slower: LEFT JOINs of SELECT DISTINCT for every condition (2.1 times); one pass over activities and one over order
-- lines with GROUP BY contact_id and a bool_or for each condition (1.8 times, 2.4 times with more memory, which makes the plan
-- serial); OR taken apart into a UNION of three semi-joins from a materialised list of the theatre's buyers (1.2 to 1.6 times);
-- 4 MB of memory, with which the lists under OR are looked up for every contact (minutes).
SELECT c.contact_id
FROM contact c
WHERE c.institution_id = $1
  AND c.kind = 0
  AND (EXISTS (SELECT
               FROM activity a
               JOIN product p
                 ON p.institution_id = $1 AND p.product_id = a.product_id AND p.category = 'theatre'
               WHERE a.institution_id = $1 AND a.contact_id = c.contact_id AND a.kind = 3
                 AND a.happened_on >= ($2 - interval '24 months')::date)
       AND (c.city_key <> 'lyon'
            OR NOT EXISTS (SELECT
                           FROM activity k
                           WHERE k.institution_id = $1 AND k.contact_id = c.contact_id AND k.kind = 5
                             AND k.happened_on >= ($2 - interval '12 months')::date))
       OR EXISTS (SELECT
                  FROM order_line l
                  WHERE l.institution_id = $1 AND l.contact_id = c.contact_id AND l.role = 0 AND l.state IN (2, 3)
                    AND l.product_id = ANY (ARRAY(SELECT p.product_id
                                                  FROM product p
                                                  WHERE p.institution_id = $1
                                                    AND p.valid_on BETWEEN $2 AND ($2 + interval '2 months')::date)))
          AND NOT EXISTS (SELECT
                          FROM activity a
                          JOIN product p
                            ON p.institution_id = $1 AND p.product_id = a.product_id AND p.category = 'opera'
                          WHERE a.institution_id = $1 AND a.contact_id = c.contact_id AND a.kind = 3))
  AND NOT EXISTS (SELECT
                  FROM order_line l
                  WHERE l.institution_id = $1 AND l.contact_id = c.contact_id AND l.state IN (4, 5)
                    AND l.ordered_on >= ($2 - interval '6 months')::date)
  AND NOT EXISTS (SELECT
                  FROM authorisation g
                  JOIN authorisation e
                    ON e.institution_id = $1 AND e.contact_id = g.contact_id AND e.organisation_id = 0 AND e.topic_id = 0
                   AND e.channel = 1 AND e.answer = 2
                  WHERE g.institution_id = $1 AND g.contact_id = c.contact_id AND g.organisation_id = 0 AND g.topic_id = 0
                    AND g.channel = 0 AND g.answer = 2)
