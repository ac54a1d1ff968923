CREATE TEMP TABLE incoming_value (
    row_id       uuid,
    criterion_id int,
    item         smallint,
    v_text       text,
    v_num        float8,
    v_date       date
) ON COMMIT DROP
