-- $1 institution, $2 contacts.
SELECT v.contact_id, v.criterion_id, d.value_type, v.v_text, v.v_num, v.v_date
FROM criterion_value v
JOIN criterion d
  ON d.institution_id = $1
 AND d.criterion_id = v.criterion_id
WHERE v.institution_id = $1
  AND v.contact_id = ANY ($2)
