-- $1 institution.
CREATE TEMP TABLE scope_before ON COMMIT DROP AS
SELECT *
FROM gate_scope
WHERE institution_id = $1
