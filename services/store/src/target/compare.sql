-- Whom two targets select, each alone and together.
SELECT count(*) FILTER (WHERE other IS NULL) AS only_one,
       count(*) FILTER (WHERE one IS NOT NULL AND other IS NOT NULL) AS both,
       count(*) FILTER (WHERE one IS NULL) AS only_other
FROM (
    {target}
) compared
