-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND ("c"."city_key" <> $2
   AND "c"."country" IS NOT NULL
   AND "c"."birth_date" <= $3
   AND EXISTS(SELECT 1 FROM "criterion_value" AS "v"
     WHERE "v"."institution_id" = $4
     AND "v"."contact_id" = "c"."contact_id"
     AND "v"."criterion_id" = $5
     AND (("v"."v_text" COLLATE "C") < $6
       OR ("v"."v_text" COLLATE "C") >= $7))
   AND EXISTS(SELECT 1 FROM "criterion_value" AS "v"
     WHERE "v"."institution_id" = $8
     AND "v"."contact_id" = "c"."contact_id"
     AND "v"."criterion_id" = $9
     AND ("v"."v_num" < $10
       OR "v"."v_num" > $11))
   AND EXISTS(SELECT 1 FROM "recency" AS "r"
     WHERE "r"."institution_id" = $12
     AND "r"."contact_id" = "c"."contact_id"
     AND "r"."counts_on" >= $13))
-- $1 = Int(Some(1))
-- $2 = String(Some("lyon"))
-- $3 = ChronoDate(Some(1982-03-31))
-- $4 = Int(Some(1))
-- $5 = Int(Some(1))
-- $6 = String(Some("teach"))
-- $7 = String(Some("teaci"))
-- $8 = Int(Some(1))
-- $9 = Int(Some(2))
-- $10 = Double(Some(1.0))
-- $11 = Double(Some(2.0))
-- $12 = Int(Some(1))
-- $13 = ChronoDate(Some(1998-03-31))
