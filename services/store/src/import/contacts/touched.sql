-- needs: resolve.sql
-- Whose gate may say something else now.
SELECT contact_id
FROM resolved
WHERE outcome IN ('new', 'changed')
