-- needs: resolve.sql
-- $1 institution.
INSERT INTO place (institution_id, country, postal_code, latitude, longitude, as_of, content_hash)
SELECT $1, country, postal_code, latitude, longitude, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
ON CONFLICT (institution_id, country, postal_code)
DO UPDATE SET
    latitude = excluded.latitude,
    longitude = excluded.longitude,
    as_of = excluded.as_of,
    content_hash = excluded.content_hash
