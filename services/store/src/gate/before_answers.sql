-- $1 institution.
CREATE TEMP TABLE answers_before ON COMMIT DROP AS
SELECT *
FROM authorisation
WHERE institution_id = $1
