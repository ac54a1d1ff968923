-- today is 2000-03-31
SELECT DISTINCT "c"."contact_id" FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
   WHERE "a"."institution_id" = $1
   AND "a"."kind" = ANY($2)
   AND "a"."role" = $3
   AND "a"."happened_on" >= $4) AS "c"
 WHERE (NOT EXISTS(SELECT 1 FROM "activity" AS "a"
     WHERE "a"."institution_id" = $5
     AND "a"."contact_id" = "c"."contact_id"
     AND "a"."kind" = ANY($6)
     AND "a"."organisation_id" = $7))
 AND (NOT EXISTS(SELECT 1 FROM "activity" AS "a"
     WHERE "a"."institution_id" = $8
     AND "a"."contact_id" = "c"."contact_id"
     AND "a"."product_id" = $9))
-- $1 = Int(Some(1))
-- $2 = Array(SmallInt, Some([SmallInt(Some(3)), SmallInt(Some(2))]))
-- $3 = SmallInt(Some(0))
-- $4 = ChronoDate(Some(1998-03-31))
-- $5 = Int(Some(1))
-- $6 = Array(SmallInt, Some([SmallInt(Some(5))]))
-- $7 = Int(Some(1))
-- $8 = Int(Some(1))
-- $9 = BigInt(Some(1))
