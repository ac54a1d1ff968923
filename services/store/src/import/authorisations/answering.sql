-- needs: resolve.sql
SELECT DISTINCT contact_id
FROM resolved
WHERE outcome IN ('new', 'confirmed')
ORDER BY contact_id
