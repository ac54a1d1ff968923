CREATE TEMP TABLE incoming (
    row_no             bigint,
    row_id             uuid,     -- order_line.line_id
    as_of              timestamptz,
    content_hash       bigint,
    organisation       text,
    product            text,
    purchaser          text,
    cultural_contact   text,
    purchaser_activity uuid,
    cultural_activity  uuid,
    kind               smallint, -- model ActivityKind
    state              smallint,
    voided             boolean,
    ordered_on         date,
    quantity           int,
    amount             bigint,
    opt_out_wording    text
) ON COMMIT DROP
