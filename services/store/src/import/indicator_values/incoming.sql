CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    contact      text,
    indicator    text,
    organisation text,
    value        text,   -- NULL: there is none any more
    v_text       text,   -- the value as each type reads it, NULL where it cannot
    v_num        float8,
    v_date       date
) ON COMMIT DROP
