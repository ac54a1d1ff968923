-- $1 institution, $2 target, $3 version. Who matches now is in the list from this version on, who does not is no longer.
WITH matching AS (
    {target}
), gone AS (
    UPDATE target_member m
    SET until_version = $3
    WHERE m.institution_id = $1
      AND m.target_id = $2
      AND m.until_version IS NULL
      AND NOT EXISTS (
          SELECT
          FROM matching n
          WHERE n.contact_id = m.contact_id
      )
    RETURNING m.contact_id
), come AS (
    INSERT INTO target_member (institution_id, contact_id, target_id, from_version)
    SELECT $1, n.contact_id, $2, $3
    FROM matching n
    WHERE NOT EXISTS (
        SELECT
        FROM target_member m
        WHERE m.institution_id = $1
          AND m.target_id = $2
          AND m.contact_id = n.contact_id
          AND m.until_version IS NULL
    )
    RETURNING contact_id
)
SELECT (SELECT count(*) FROM matching) AS members,
       (SELECT count(*) FROM come) AS added,
       (SELECT count(*) FROM gone) AS removed
