-- needs: resolve.sql, values.sql
-- $1 institution.
INSERT INTO criterion_value (institution_id, contact_id, criterion_id, item, v_text, v_num, v_date)
SELECT $1, r.contact_id, v.criterion_id, v.item, v.v_text, v.v_num, v.v_date
FROM incoming_value v
JOIN resolved r
  ON r.row_id = v.row_id
WHERE r.outcome IN ('new', 'changed')
