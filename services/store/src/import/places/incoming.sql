CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid,
    as_of        timestamptz,
    content_hash bigint,
    country      text,
    postal_code  text,
    latitude     float8,
    longitude    float8
) ON COMMIT DROP
