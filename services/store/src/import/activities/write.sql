-- needs: resolve.sql
-- $1 institution. Role 0: who did it. In the order of the contacts: two of the indexes begin with them, and so does what is read later.
INSERT INTO activity
    (institution_id, contact_id, activity_id, organisation_id, kind, role, product_id, happened_on, amount, counts_on, as_of, content_hash)
SELECT $1, contact_id, row_id, organisation_id, kind, 0, product_id, happened_on, amount, counts_on, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed')
ORDER BY contact_id
