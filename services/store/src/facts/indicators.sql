-- $1 institution, $2 contacts.
SELECT v.contact_id, v.indicator_id, v.organisation_id, d.value_type, v.v_text, v.v_num, v.v_date
FROM indicator_value v
JOIN indicator d
  ON d.institution_id = $1
 AND d.indicator_id = v.indicator_id
WHERE v.institution_id = $1
  AND v.contact_id = ANY ($2)
