CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    external_id  text,
    text         text,
    text_hash    bytea,
    channels     smallint,
    valid_months smallint,
    language     text
) ON COMMIT DROP
