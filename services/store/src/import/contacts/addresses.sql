CREATE TEMP TABLE incoming_address (
    contact_id bigint,
    hash       bytea,    -- NULL: the contact has none
    key_id     smallint,
    is_current boolean   -- made with the current key; older keys recognise what was blocked before a rotation
) ON COMMIT DROP
