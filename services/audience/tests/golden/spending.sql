-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a" INNER JOIN "product" AS "p" ON "p"."institution_id" = $2
       AND "p"."product_id" = "a"."product_id"
       WHERE "a"."institution_id" = $3
       AND "a"."kind" = ANY($4)
       AND "p"."category" = ANY($5)
       AND "a"."happened_on" >= $6
       GROUP BY "a"."contact_id" HAVING SUM(CAST("a"."amount" AS float8)) >= $7) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $8
       AND "a"."kind" = ANY($9)
       AND "a"."role" = $10
       AND "a"."amount" >= $11
       GROUP BY "a"."contact_id" HAVING COUNT(*) >= $12
       AND COUNT(*) <= $13) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $14
       AND "a"."kind" = ANY($15)
       GROUP BY "a"."contact_id" HAVING MAX("a"."happened_on") < $16) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $17
       AND "a"."organisation_id" = $18
       GROUP BY "a"."contact_id" HAVING MIN("a"."happened_on") >= $19
       AND MIN("a"."happened_on") <= $20) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND EXISTS(SELECT 1 FROM "activity" AS "a"
     WHERE "a"."institution_id" = $21
     AND "a"."contact_id" = "c"."contact_id"
     AND "a"."kind" = ANY($22)
     AND ("a"."happened_on" >= $23
       AND "a"."happened_on" <= $24)))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Int(Some(1))
-- $4 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $5 = Array(String, Some([String(Some("opera")), String(Some("Concert"))]))
-- $6 = ChronoDate(Some(1999-03-31))
-- $7 = Double(Some(15000.0))
-- $8 = Int(Some(1))
-- $9 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $10 = SmallInt(Some(0))
-- $11 = BigInt(Some(1250))
-- $12 = BigInt(Some(2))
-- $13 = BigInt(Some(5))
-- $14 = Int(Some(1))
-- $15 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $16 = ChronoDate(Some(1999-09-30))
-- $17 = Int(Some(1))
-- $18 = Int(Some(1))
-- $19 = ChronoDate(Some(1999-09-08))
-- $20 = ChronoDate(Some(1999-10-01))
-- $21 = Int(Some(1))
-- $22 = Array(SmallInt, Some([SmallInt(Some(8))]))
-- $23 = ChronoDate(Some(2000-01-01))
-- $24 = ChronoDate(Some(2000-03-31))
