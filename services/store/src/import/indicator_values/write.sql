-- needs: resolve.sql
-- $1 institution.
INSERT INTO indicator_value (institution_id, contact_id, indicator_id, organisation_id, v_text, v_num, v_date, as_of, content_hash)
SELECT $1, contact_id, indicator_id, organisation_id, v_text, v_num, v_date, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
  AND value IS NOT NULL
ON CONFLICT (institution_id, contact_id, indicator_id, organisation_id)
DO UPDATE SET
    v_text = excluded.v_text,
    v_num = excluded.v_num,
    v_date = excluded.v_date,
    as_of = excluded.as_of,
    content_hash = excluded.content_hash
