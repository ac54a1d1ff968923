-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $2
       AND "a"."kind" = ANY($3)
       GROUP BY "a"."contact_id" HAVING COUNT(*) >= $4) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND (NOT EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
         WHERE "a"."institution_id" = $5
         AND "a"."kind" = ANY($6)
         AND ("a"."happened_on" >= $7
           AND "a"."happened_on" <= $8)
         GROUP BY "a"."contact_id" HAVING COUNT(*) >= $9) AS "q"
       WHERE "q"."contact_id" = "c"."contact_id"))
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $10
       AND "a"."kind" = ANY($11)
       GROUP BY "a"."contact_id" HAVING COUNT(*) >= $12
       AND COUNT(*) <= $13) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $14
       AND "a"."kind" = ANY($15)
       GROUP BY "a"."contact_id" HAVING COUNT(*) >= $16) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id"))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $4 = BigInt(Some(3))
-- $5 = Int(Some(1))
-- $6 = Array(SmallInt, Some([SmallInt(Some(5))]))
-- $7 = ChronoDate(Some(2000-01-01))
-- $8 = ChronoDate(Some(2000-03-30))
-- $9 = BigInt(Some(5))
-- $10 = Int(Some(1))
-- $11 = Array(SmallInt, Some([SmallInt(Some(4))]))
-- $12 = BigInt(Some(2))
-- $13 = BigInt(Some(2))
-- $14 = Int(Some(1))
-- $15 = Array(SmallInt, Some([SmallInt(Some(11))]))
-- $16 = BigInt(Some(2))
