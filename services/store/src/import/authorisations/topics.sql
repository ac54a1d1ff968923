-- needs: resolve.sql
-- $1 institution. A series exists as soon as somebody answered for it.
INSERT INTO topic (institution_id, organisation_id, code)
SELECT DISTINCT $1::int, organisation_id, topic
FROM resolved
WHERE topic IS NOT NULL
  AND outcome = 'new'
ON CONFLICT DO NOTHING
