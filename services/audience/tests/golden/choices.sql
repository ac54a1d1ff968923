-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "criterion_value" AS "v"
     WHERE "v"."institution_id" = $2
     AND "v"."contact_id" = "c"."contact_id"
     AND "v"."criterion_id" = $3
     AND "v"."v_text" <> ALL($4))
   OR ((EXISTS(SELECT 1 FROM "criterion_value" AS "v"
         WHERE "v"."institution_id" = $5
         AND "v"."contact_id" = "c"."contact_id"
         AND "v"."criterion_id" = $6)
       AND (NOT EXISTS(SELECT 1 FROM "criterion_value" AS "v"
           WHERE "v"."institution_id" = $7
           AND "v"."contact_id" = "c"."contact_id"
           AND "v"."criterion_id" = $8
           AND "v"."v_text" = ANY($9))))
     OR (EXISTS(SELECT 1 FROM "criterion_value" AS "v"
         WHERE "v"."institution_id" = $10
         AND "v"."contact_id" = "c"."contact_id"
         AND "v"."criterion_id" = $11)
       AND (NOT EXISTS(SELECT 1 FROM "criterion_value" AS "v"
           WHERE "v"."institution_id" = $12
           AND "v"."contact_id" = "c"."contact_id"
           AND "v"."criterion_id" = $13
           AND "v"."v_text" = ANY($14)))))
   OR (EXISTS(SELECT 1 FROM "criterion_value" AS "v"
       WHERE "v"."institution_id" = $15
       AND "v"."contact_id" = "c"."contact_id"
       AND "v"."criterion_id" = $16
       AND "v"."v_text" = ANY($17))
     AND EXISTS(SELECT 1 FROM "criterion_value" AS "v"
       WHERE "v"."institution_id" = $18
       AND "v"."contact_id" = "c"."contact_id"
       AND "v"."criterion_id" = $19)))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Int(Some(5))
-- $4 = Array(String, Some([String(Some("jazz")), String(Some("opera"))]))
-- $5 = Int(Some(1))
-- $6 = Int(Some(6))
-- $7 = Int(Some(1))
-- $8 = Int(Some(6))
-- $9 = Array(String, Some([String(Some("jazz"))]))
-- $10 = Int(Some(1))
-- $11 = Int(Some(6))
-- $12 = Int(Some(1))
-- $13 = Int(Some(6))
-- $14 = Array(String, Some([String(Some("opera"))]))
-- $15 = Int(Some(1))
-- $16 = Int(Some(6))
-- $17 = Array(String, Some([String(Some("dance"))]))
-- $18 = Int(Some(1))
-- $19 = Int(Some(6))
