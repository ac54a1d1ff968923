-- today is 2000-03-31
SELECT "c"."contact_id" FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
   WHERE "a"."institution_id" = $1
   AND "a"."kind" = ANY($2)
   GROUP BY "a"."contact_id" HAVING COUNT(*) >= $3) AS "c"
 WHERE (NOT EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $4
       AND "a"."kind" = ANY($5)
       AND ("a"."happened_on" >= $6
         AND "a"."happened_on" <= $7)
       GROUP BY "a"."contact_id" HAVING COUNT(*) >= $8) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id"))
 AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
     WHERE "a"."institution_id" = $9
     AND "a"."kind" = ANY($10)
     GROUP BY "a"."contact_id" HAVING COUNT(*) >= $11
     AND COUNT(*) <= $12) AS "q"
   WHERE "q"."contact_id" = "c"."contact_id")
 AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
     WHERE "a"."institution_id" = $13
     AND "a"."kind" = ANY($14)
     GROUP BY "a"."contact_id" HAVING COUNT(*) >= $15) AS "q"
   WHERE "q"."contact_id" = "c"."contact_id")
-- $1 = Int(Some(1))
-- $2 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $3 = BigInt(Some(3))
-- $4 = Int(Some(1))
-- $5 = Array(SmallInt, Some([SmallInt(Some(5))]))
-- $6 = ChronoDate(Some(2000-01-01))
-- $7 = ChronoDate(Some(2000-03-30))
-- $8 = BigInt(Some(5))
-- $9 = Int(Some(1))
-- $10 = Array(SmallInt, Some([SmallInt(Some(4))]))
-- $11 = BigInt(Some(2))
-- $12 = BigInt(Some(2))
-- $13 = Int(Some(1))
-- $14 = Array(SmallInt, Some([SmallInt(Some(11))]))
-- $15 = BigInt(Some(2))
