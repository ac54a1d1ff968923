-- needs: incoming.sql
-- $1 institution, $2 source. Only a yes asks for its wording and collection point: a no is valid however it arrives.
-- The same answer twice in one chunk counts once, as of its latest appearance.
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT k.*,
       CASE k.missing_kind
           WHEN 'contacts' THEN k.contact
           WHEN 'organisations' THEN k.organisation
           WHEN 'collection_points' THEN k.collection_point
           WHEN 'wordings' THEN k.wording
       END AS missing_id,
       NULL::text AS flaw,
       CASE WHEN k.place > 1 THEN 'unchanged'
            WHEN k.missing_kind IS NOT NULL THEN 'waiting'
            WHEN k.stands_since IS NULL THEN 'new'
            WHEN k.is_state AND k.as_of > k.stands_since THEN 'confirmed'
            ELSE 'unchanged'
       END AS outcome
FROM (
    SELECT i.*,
           c.contact_id,
           coalesce(o.organisation_id, 0) AS organisation_id,
           w.wording_id,
           w.channels,
           w.valid_months,
           i.is_event
               AND (i.channel = 0 OR w.channels & (1 << i.channel) <> 0)
               AND p.organisation_id IN (0, o.organisation_id) AS is_proven,
           greatest(r.happened_at, s.said_at) AS stands_since,
           row_number() OVER (PARTITION BY i.row_id ORDER BY i.as_of DESC, i.row_no) AS place,
           CASE WHEN c.contact_id IS NULL THEN 'contacts'
                WHEN i.organisation IS NOT NULL AND o.organisation_id IS NULL THEN 'organisations'
                WHEN i.is_event AND p.collection_point_id IS NULL THEN 'collection_points'
                WHEN i.is_event AND w.wording_id IS NULL THEN 'wordings'
           END AS missing_kind
    FROM incoming i
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
        SELECT wording_id, channels, valid_months
        FROM wording
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.wording
        LIMIT 1
    ) AS w ON true
    LEFT JOIN LATERAL (
        SELECT collection_point_id, organisation_id
        FROM collection_point
        WHERE institution_id = $1
          AND source = $2
          AND external_id = i.collection_point
        LIMIT 1
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT happened_at
        FROM consent_record
        WHERE institution_id = $1
          AND contact_id = c.contact_id
          AND record_id = i.row_id
        LIMIT 1
    ) AS r ON true
    LEFT JOIN LATERAL (
        SELECT max(said_at) AS said_at
        FROM consent_repeat
        WHERE institution_id = $1
          AND contact_id = c.contact_id
          AND record_id = i.row_id
    ) AS s ON true
) AS k
