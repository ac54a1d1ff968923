-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "order_line" AS "l" INNER JOIN "product" AS "p" ON "p"."institution_id" = $2
     AND "p"."product_id" = "l"."product_id"
     WHERE "l"."institution_id" = $3
     AND "l"."contact_id" = "c"."contact_id"
     AND "l"."state" = ANY($4)
     AND "l"."role" = $5
     AND ("p"."valid_on" >= $6
       AND "p"."valid_on" <= $7))
   AND (NOT EXISTS(SELECT 1 FROM "order_line" AS "l"
       WHERE "l"."institution_id" = $8
       AND "l"."contact_id" = "c"."contact_id"
       AND "l"."state" = ANY($9)
       AND "l"."organisation_id" = $10))
   AND EXISTS(SELECT 1 FROM "order_line" AS "l"
     WHERE "l"."institution_id" = $11
     AND "l"."contact_id" = "c"."contact_id"
     AND "l"."state" = ANY($12)
     AND "l"."role" = $13
     AND "l"."product_id" = $14))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Int(Some(1))
-- $4 = Array(SmallInt, Some([SmallInt(Some(3)), SmallInt(Some(2))]))
-- $5 = SmallInt(Some(1))
-- $6 = ChronoDate(Some(2000-03-31))
-- $7 = ChronoDate(Some(2000-04-30))
-- $8 = Int(Some(1))
-- $9 = Array(SmallInt, Some([SmallInt(Some(5))]))
-- $10 = Int(Some(1))
-- $11 = Int(Some(1))
-- $12 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $13 = SmallInt(Some(0))
-- $14 = BigInt(Some(1))
