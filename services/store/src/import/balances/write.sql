-- needs: resolve.sql
-- $1 institution.
INSERT INTO balance (institution_id, contact_id, balance_id, organisation_id, amount, due_on, as_of, content_hash)
SELECT $1, contact_id, row_id, organisation_id, amount, due_on, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed')
