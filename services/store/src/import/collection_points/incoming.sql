CREATE TEMP TABLE incoming (
    row_no         bigint,
    row_id         uuid,
    as_of          timestamptz,
    content_hash   bigint,
    external_id    text,
    name           text,
    organisation   text,
    kind           text,
    policy_url     text,
    notice_version text
) ON COMMIT DROP
