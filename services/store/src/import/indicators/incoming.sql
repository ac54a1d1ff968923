CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    code         text,
    name         text,
    value_type   smallint
) ON COMMIT DROP
