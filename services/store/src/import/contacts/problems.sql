CREATE TEMP TABLE incoming_problem (
    row_id  uuid,
    missing text, -- code of a criterion that is not defined
    flaw    text
) ON COMMIT DROP
