CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    external_id  text,
    organisation text,
    name         text,
    category     text,
    valid_on     date,
    state        smallint
) ON COMMIT DROP
