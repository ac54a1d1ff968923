-- $1 institution, $2 source, $3 kind, $4 after this row, $5 limit. Waiting rows whose parent is there.
SELECT w.row_id
FROM waiting_row w
WHERE w.institution_id = $1
  AND w.kind = $3
  AND w.source = $2
  AND w.row_id > $4
  AND CASE w.parent_kind
      WHEN 'organisations' THEN EXISTS (
          SELECT FROM organisation p WHERE p.institution_id = $1 AND p.source = $2 AND p.external_id = w.parent_id)
      WHEN 'wordings' THEN EXISTS (
          SELECT FROM wording p WHERE p.institution_id = $1 AND p.source = $2 AND p.external_id = w.parent_id)
      WHEN 'collection_points' THEN EXISTS (
          SELECT FROM collection_point p WHERE p.institution_id = $1 AND p.source = $2 AND p.external_id = w.parent_id)
      WHEN 'criteria' THEN EXISTS (
          SELECT FROM criterion p WHERE p.institution_id = $1 AND p.code = w.parent_id)
      WHEN 'indicators' THEN EXISTS (
          SELECT FROM indicator p WHERE p.institution_id = $1 AND p.code = w.parent_id)
      WHEN 'contacts' THEN EXISTS (
          SELECT FROM contact p WHERE p.institution_id = $1 AND p.source = $2 AND p.external_id = w.parent_id)
      WHEN 'products' THEN EXISTS (
          SELECT FROM product p WHERE p.institution_id = $1 AND p.source = $2 AND p.external_id = w.parent_id)
  END
ORDER BY w.row_id
LIMIT $5
