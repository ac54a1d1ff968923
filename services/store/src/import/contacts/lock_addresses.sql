-- needs: addresses.sql
-- $1 institution, $2 channel. One after the other in hash order; looked up one by one, since a plan over the whole list may
-- read the list for every address of the institution.
SELECT count(*)
FROM (
    SELECT DISTINCT hash
    FROM incoming_address
    WHERE hash IS NOT NULL
    ORDER BY hash
) AS wanted
CROSS JOIN LATERAL (
    SELECT
    FROM address
    WHERE institution_id = $1
      AND channel = $2
      AND hash = wanted.hash
      AND organisation_id = 0
    LIMIT 1
    FOR SHARE
) AS held
