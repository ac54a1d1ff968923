-- needs: resolve.sql
-- $1 institution.
INSERT INTO consent_repeat (institution_id, contact_id, record_id, said_at)
SELECT $1, contact_id, row_id, as_of
FROM resolved
WHERE outcome = 'confirmed'
ON CONFLICT (institution_id, contact_id, record_id)
DO UPDATE SET said_at = greatest(consent_repeat.said_at, excluded.said_at)
