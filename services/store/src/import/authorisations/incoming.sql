CREATE TEMP TABLE incoming (
    row_no           bigint,
    row_id           uuid,     -- consent_record.record_id
    as_of            timestamptz,
    content_hash     bigint,
    contact          text,
    organisation     text,
    topic            text,
    channel          smallint, -- 0: general
    answer           smallint,
    is_event         boolean,  -- a yes with moment, wording, collection point and form
    is_state         boolean,  -- a no or unset without a moment: true as of the file
    happened_at      timestamptz,
    wording          text,
    collection_point text,
    form_id          text,
    salt             bytea
) ON COMMIT DROP
