-- needs: resolve.sql
SELECT row_no, value_type, value
FROM resolved
WHERE outcome = 'rejected'
ORDER BY row_no
