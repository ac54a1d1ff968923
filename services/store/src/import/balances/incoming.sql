CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    contact      text,
    organisation text,
    amount       bigint,
    due_on       date
) ON COMMIT DROP
