-- needs: incoming.sql
-- $1 institution, $2 source. value_type: 0 number, 1 date, 2 text.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       CASE k.missing_kind WHEN 'indicators' THEN k.indicator
                           WHEN 'contacts' THEN k.contact
                           WHEN 'organisations' THEN k.organisation
       END AS missing_id,
       import_outcome(k.flaw, k.missing_kind, k.old_as_of, k.old_hash, k.as_of, k.content_hash) AS outcome
FROM (
    SELECT i.row_no,
           i.row_id,
           i.as_of,
           i.content_hash,
           i.contact,
           i.indicator,
           i.organisation,
           i.value,
           c.contact_id,
           d.indicator_id,
           d.value_type,
           coalesce(o.organisation_id, 0) AS organisation_id,
           CASE WHEN d.value_type = 2 THEN i.v_text END AS v_text,
           CASE WHEN d.value_type = 0 THEN i.v_num END AS v_num,
           CASE WHEN d.value_type = 1 THEN i.v_date END AS v_date,
           old.as_of AS old_as_of,
           old.content_hash AS old_hash,
           CASE WHEN i.value IS NULL THEN NULL
                WHEN d.value_type = 0 AND i.v_num IS NULL THEN 'no number'
                WHEN d.value_type = 1 AND i.v_date IS NULL THEN 'no date'
           END AS flaw,
           CASE WHEN d.indicator_id IS NULL THEN 'indicators'
                WHEN c.contact_id IS NULL THEN 'contacts'
                WHEN i.organisation IS NOT NULL AND o.organisation_id IS NULL THEN 'organisations'
           END AS missing_kind
    FROM incoming i
    LEFT JOIN LATERAL (
        SELECT indicator_id, value_type
        FROM indicator
        WHERE institution_id = $1
          AND code = i.indicator
        LIMIT 1
    ) AS d ON true
    LEFT JOIN LATERAL (
        SELECT contact_id
        FROM contact
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.contact
        LIMIT 1
    ) AS c ON true
    LEFT JOIN LATERAL (
        SELECT organisation_id
        FROM organisation
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.organisation
        LIMIT 1
    ) AS o ON true
    LEFT JOIN LATERAL (
        SELECT v.as_of, v.content_hash
        FROM indicator_value v
        WHERE v.institution_id = $1
          AND v.contact_id = c.contact_id
          AND v.indicator_id = d.indicator_id
          AND v.organisation_id = coalesce(o.organisation_id, 0)
        UNION ALL
        SELECT r.as_of, r.content_hash
        FROM indicator_removal r
        WHERE r.institution_id = $1
          AND r.contact_id = c.contact_id
          AND r.indicator_id = d.indicator_id
          AND r.organisation_id = coalesce(o.organisation_id, 0)
        LIMIT 1
    ) AS old ON i.organisation IS NULL OR o.organisation_id IS NOT NULL
) AS k
