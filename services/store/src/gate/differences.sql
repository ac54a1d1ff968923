-- needs: before_gates.sql, before_scopes.sql, before_answers.sql
-- $1 institution; gate_before, scope_before and answers_before hold what was found, the tables what was rebuilt.
WITH gates AS (
    SELECT institution_id, contact_id, channel, blocks, proof, consent_until, of_age_on, suppressed_until
    FROM gate
    WHERE institution_id = $1
), scopes AS (
    SELECT * FROM gate_scope WHERE institution_id = $1
), answers AS (
    SELECT * FROM authorisation WHERE institution_id = $1
)
SELECT (SELECT count(*) FROM ((TABLE gates EXCEPT TABLE gate_before) UNION ALL (TABLE gate_before EXCEPT TABLE gates)) AS d)
     + (SELECT count(*) FROM ((TABLE scopes EXCEPT TABLE scope_before) UNION ALL (TABLE scope_before EXCEPT TABLE scopes)) AS d)
     + (SELECT count(*) FROM ((TABLE answers EXCEPT TABLE answers_before) UNION ALL (TABLE answers_before EXCEPT TABLE answers)) AS d)
