-- needs: resolve.sql
-- $1 institution. Returns whose recency the corrected lines were.
DELETE FROM activity a
USING resolved r
WHERE a.institution_id = $1
  AND a.activity_id IN (r.purchaser_activity, r.cultural_activity)
  AND r.outcome = 'changed'
RETURNING a.contact_id
