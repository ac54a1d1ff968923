-- needs: resolve.sql
-- $1 institution. Kind 10, legacy_recency: the day that the source had computed is evidence like any other.
INSERT INTO activity
    (institution_id, contact_id, activity_id, organisation_id, kind, role, happened_on, counts_on, as_of, content_hash)
SELECT $1, contact_id, legacy_id, 0, 10, 0, legacy_on, legacy_on, as_of, content_hash
FROM resolved
WHERE legacy_on IS NOT NULL
  AND outcome IN ('new', 'changed')
