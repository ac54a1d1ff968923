-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND ((EXISTS(SELECT 1 FROM "criterion_value" AS "v"
       WHERE "v"."institution_id" = $2
       AND "v"."contact_id" = "c"."contact_id"
       AND "v"."criterion_id" = $3)
     AND (NOT EXISTS(SELECT 1 FROM "criterion_value" AS "v"
         WHERE "v"."institution_id" = $4
         AND "v"."contact_id" = "c"."contact_id"
         AND "v"."criterion_id" = $5
         AND "v"."v_text" = ANY($6))))
   OR ((EXISTS(SELECT 1 FROM "criterion_value" AS "v"
         WHERE "v"."institution_id" = $7
         AND "v"."contact_id" = "c"."contact_id"
         AND "v"."criterion_id" = $8)
       AND (NOT EXISTS(SELECT 1 FROM "criterion_value" AS "v"
           WHERE "v"."institution_id" = $9
           AND "v"."contact_id" = "c"."contact_id"
           AND "v"."criterion_id" = $10
           AND "v"."v_text" = $11)))
     OR (EXISTS(SELECT 1 FROM "criterion_value" AS "v"
         WHERE "v"."institution_id" = $12
         AND "v"."contact_id" = "c"."contact_id"
         AND "v"."criterion_id" = $13)
       AND (NOT EXISTS(SELECT 1 FROM "criterion_value" AS "v"
           WHERE "v"."institution_id" = $14
           AND "v"."contact_id" = "c"."contact_id"
           AND "v"."criterion_id" = $15
           AND "v"."v_text" = $16))))
   OR (EXISTS(SELECT 1 FROM "criterion_value" AS "v"
       WHERE "v"."institution_id" = $17
       AND "v"."contact_id" = "c"."contact_id"
       AND "v"."criterion_id" = $18
       AND "v"."v_text" = ANY($19))
     AND EXISTS(SELECT 1 FROM "criterion_value" AS "v"
       WHERE "v"."institution_id" = $20
       AND "v"."contact_id" = "c"."contact_id"
       AND "v"."criterion_id" = $21)))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Int(Some(5))
-- $4 = Int(Some(1))
-- $5 = Int(Some(5))
-- $6 = Array(String, Some([String(Some("jazz")), String(Some("opera"))]))
-- $7 = Int(Some(1))
-- $8 = Int(Some(6))
-- $9 = Int(Some(1))
-- $10 = Int(Some(6))
-- $11 = String(Some("jazz"))
-- $12 = Int(Some(1))
-- $13 = Int(Some(6))
-- $14 = Int(Some(1))
-- $15 = Int(Some(6))
-- $16 = String(Some("opera"))
-- $17 = Int(Some(1))
-- $18 = Int(Some(6))
-- $19 = Array(String, Some([String(Some("dance"))]))
-- $20 = Int(Some(1))
-- $21 = Int(Some(6))
