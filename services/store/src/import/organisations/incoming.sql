CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    external_id  text,
    name         text
) ON COMMIT DROP
