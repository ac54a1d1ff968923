, unreached AS (
    -- Addresses that nobody is written to at, with the reasons that keep a contact of theirs out all alone. One contact more
    -- at an address that is written to already would be no message more. Who has no address shares none.
    SELECT bit_or(CASE WHEN blocks & (blocks - 1) = 0 THEN blocks ELSE 0 END) AS alone
    FROM decided
    GROUP BY address_hash, CASE WHEN address_hash IS NULL THEN contact_id END
    HAVING NOT bool_or(blocks = 0)
)
SELECT blocks, proof, targets, exclusions, NULL::int AS alone, count(*) AS contacts
FROM audience
GROUP BY blocks, proof, targets, exclusions
UNION ALL
SELECT NULL, NULL, NULL, NULL, alone, count(*)
FROM unreached
WHERE alone <> 0
GROUP BY alone
