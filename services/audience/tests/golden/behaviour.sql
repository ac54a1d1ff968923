-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "activity" AS "a"
     WHERE "a"."institution_id" = $2
     AND "a"."contact_id" = "c"."contact_id"
     AND "a"."kind" = ANY($3)
     AND "a"."role" = $4
     AND "a"."happened_on" >= $5)
   AND (NOT EXISTS(SELECT 1 FROM "activity" AS "a"
       WHERE "a"."institution_id" = $6
       AND "a"."contact_id" = "c"."contact_id"
       AND "a"."kind" = ANY($7)
       AND "a"."organisation_id" = $8))
   AND (NOT EXISTS(SELECT 1 FROM "activity" AS "a"
       WHERE "a"."institution_id" = $9
       AND "a"."contact_id" = "c"."contact_id"
       AND "a"."product_id" = $10)))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Array(SmallInt, Some([SmallInt(Some(3)), SmallInt(Some(2))]))
-- $4 = SmallInt(Some(0))
-- $5 = ChronoDate(Some(1998-03-31))
-- $6 = Int(Some(1))
-- $7 = Array(SmallInt, Some([SmallInt(Some(5))]))
-- $8 = Int(Some(1))
-- $9 = Int(Some(1))
-- $10 = BigInt(Some(1))
