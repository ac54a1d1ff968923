-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (("c"."last_name_key" COLLATE "C") >= $2
   AND ("c"."last_name_key" COLLATE "C") < $3
   AND "c"."city_key" <> $4
   AND strpos("c"."email_key", $5) > $6
   AND EXISTS(SELECT 1 FROM "criterion_value" AS "v"
     WHERE "v"."institution_id" = $7
     AND "v"."contact_id" = "c"."contact_id"
     AND "v"."criterion_id" = $8
     AND "v"."v_num" >= $9)
   AND EXISTS(SELECT 1 FROM "criterion_value" AS "v"
     WHERE "v"."institution_id" = $10
     AND "v"."contact_id" = "c"."contact_id"
     AND "v"."criterion_id" = $11
     AND "v"."v_num" = $12))
-- $1 = Int(Some(1))
-- $2 = String(Some("du"))
-- $3 = String(Some("dv"))
-- $4 = String(Some("lyon"))
-- $5 = String(Some("@example."))
-- $6 = Int(Some(0))
-- $7 = Int(Some(1))
-- $8 = Int(Some(2))
-- $9 = Double(Some(2.0))
-- $10 = Int(Some(1))
-- $11 = Int(Some(4))
-- $12 = Double(Some(1.0))
