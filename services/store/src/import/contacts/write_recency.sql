-- needs: resolve.sql
-- $1 institution.
INSERT INTO recency (institution_id, contact_id, active_on, created_on)
SELECT $1, contact_id, legacy_on, created_on
FROM resolved
WHERE outcome = 'new'
