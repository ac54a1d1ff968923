CREATE TEMP TABLE incoming (
    row_no       bigint,
    row_id       uuid, -- activity.activity_id
    as_of        timestamptz,
    content_hash bigint,
    contact      text,
    organisation text,
    product      text,
    kind         smallint,
    happened_on  date,
    amount       bigint
) ON COMMIT DROP
