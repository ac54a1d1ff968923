-- with enable_nestloop = off, enable_mergejoin = off, enable_hashagg = off, jit = off, work_mem = 64MB
--
-- One semi-join for each criterion, every set read from its index alone. That somebody chose one subscription and not the youth one
-- is a single look at one row, since one contact has one at most.
-- Tried and slower: looking the criteria up by contact (nested loops over the primary key, 1.6 times the time); beginning with the
-- subscription (1.05 to 1.5 times); the contacts as a materialised list first (1.3 times); one pass over the criteria with GROUP BY
-- contact_id HAVING bool_or(...) (2.7 times).
SELECT c.contact_id
FROM contact c
WHERE c.institution_id = $1
  AND c.kind = 0
  AND c.postal_code >= '69' AND c.postal_code < '6:'
  AND c.language >= 'fr' AND c.language < 'fs'
  AND c.birth_date > ($2 - interval '61 years')::date AND c.birth_date <= ($2 - interval '26 years')::date
  AND EXISTS (SELECT
              FROM criterion_value v
              WHERE v.institution_id = $1 AND v.contact_id = c.contact_id AND v.criterion_id = 6 AND v.v_text IN ('opera', 'dance'))
  AND EXISTS (SELECT
              FROM criterion_value v
              WHERE v.institution_id = $1 AND v.contact_id = c.contact_id AND v.criterion_id = 5 AND v.v_text <> 'youth')
