-- What people call things. $1 institution, $2 and $3 the sources and external ids of the products that are asked about, $4 the keys of
-- launches, $5 the codes of targets.
SELECT 'criterion' AS what, '' AS source, code, name FROM criterion WHERE institution_id = $1
UNION ALL
SELECT 'indicator', '', code, name FROM indicator WHERE institution_id = $1
UNION ALL
SELECT 'organisation', source, external_id, name FROM organisation WHERE institution_id = $1
UNION ALL
SELECT 'campaign', '', launch_key, name FROM launch WHERE institution_id = $1 AND launch_key = ANY ($4)
UNION ALL
SELECT 'target', '', code, name FROM target WHERE institution_id = $1 AND code = ANY ($5) AND archived_at IS NULL
UNION ALL
SELECT 'product', p.source, p.external_id, p.name
FROM product p
JOIN unnest($2::text[], $3::text[]) AS n (source, external_id) USING (source, external_id)
WHERE p.institution_id = $1
