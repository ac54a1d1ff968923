-- $1, institution, $2 contacts. Some left the list since the first version.
INSERT INTO target_member (institution_id, contact_id, target_id, from_version, until_version)
SELECT $1, id, 2, 1, CASE WHEN chance(id, 221) < 0.3 THEN 2 END
FROM generate_series(1, $2::bigint) AS id
WHERE chance(id, 220) < 0.04
