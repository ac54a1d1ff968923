-- today is 2000-03-31
SELECT "c"."contact_id" FROM (SELECT "a"."contact_id" FROM "activity" AS "a" INNER JOIN "product" AS "p" ON "p"."institution_id" = $1
   AND "p"."product_id" = "a"."product_id"
   WHERE "a"."institution_id" = $2
   AND "a"."kind" = ANY($3)
   AND "p"."category" = ANY($4)
   AND "a"."happened_on" >= $5
   GROUP BY "a"."contact_id" HAVING SUM(CAST("a"."amount" AS float8)) >= $6) AS "c"
 WHERE EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
     WHERE "a"."institution_id" = $7
     AND "a"."kind" = ANY($8)
     AND "a"."role" = $9
     AND "a"."amount" >= $10
     GROUP BY "a"."contact_id" HAVING COUNT(*) >= $11
     AND COUNT(*) <= $12) AS "q"
   WHERE "q"."contact_id" = "c"."contact_id")
 AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
     WHERE "a"."institution_id" = $13
     AND "a"."kind" = ANY($14)
     GROUP BY "a"."contact_id" HAVING MAX("a"."happened_on") < $15) AS "q"
   WHERE "q"."contact_id" = "c"."contact_id")
 AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
     WHERE "a"."institution_id" = $16
     AND "a"."organisation_id" = $17
     GROUP BY "a"."contact_id" HAVING MIN("a"."happened_on") >= $18
     AND MIN("a"."happened_on") <= $19) AS "q"
   WHERE "q"."contact_id" = "c"."contact_id")
 AND EXISTS(SELECT 1 FROM "activity" AS "a"
   WHERE "a"."institution_id" = $20
   AND "a"."contact_id" = "c"."contact_id"
   AND "a"."kind" = ANY($21)
   AND ("a"."happened_on" >= $22
     AND "a"."happened_on" <= $23))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $4 = Array(String, Some([String(Some("opera")), String(Some("Concert"))]))
-- $5 = ChronoDate(Some(1999-03-31))
-- $6 = Double(Some(15000.0))
-- $7 = Int(Some(1))
-- $8 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $9 = SmallInt(Some(0))
-- $10 = BigInt(Some(1250))
-- $11 = BigInt(Some(2))
-- $12 = BigInt(Some(5))
-- $13 = Int(Some(1))
-- $14 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $15 = ChronoDate(Some(1999-09-30))
-- $16 = Int(Some(1))
-- $17 = Int(Some(1))
-- $18 = ChronoDate(Some(1999-09-08))
-- $19 = ChronoDate(Some(1999-10-01))
-- $20 = Int(Some(1))
-- $21 = Array(SmallInt, Some([SmallInt(Some(8))]))
-- $22 = ChronoDate(Some(2000-01-01))
-- $23 = ChronoDate(Some(2000-03-31))
