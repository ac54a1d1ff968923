-- What people call things. $1 institution, $2 and $3 the sources and external ids of the products that are asked about.
SELECT 'criterion' AS what, '' AS source, code, name FROM criterion WHERE institution_id = $1
UNION ALL
SELECT 'organisation', source, external_id, name FROM organisation WHERE institution_id = $1
UNION ALL
SELECT 'campaign', '', launch_key, name FROM launch WHERE institution_id = $1
UNION ALL
SELECT 'product', p.source, p.external_id, p.name
FROM product p
JOIN unnest($2::text[], $3::text[]) AS n (source, external_id) USING (source, external_id)
WHERE p.institution_id = $1
