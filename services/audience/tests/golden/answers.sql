-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "authorisation" AS "s"
     WHERE "s"."institution_id" = $2
     AND "s"."contact_id" = "c"."contact_id"
     AND "s"."organisation_id" = $3
     AND "s"."topic_id" = $4
     AND "s"."channel" = $5
     AND "s"."answer" = $6)
   OR EXISTS(SELECT 1 FROM "authorisation" AS "s"
     WHERE "s"."institution_id" = $7
     AND "s"."contact_id" = "c"."contact_id"
     AND "s"."organisation_id" = $8
     AND "s"."topic_id" = $9
     AND "s"."channel" = $10
     AND "s"."answer" = $11
     AND ("s"."expires_on" IS NULL
       OR "s"."expires_on" >= $12))
   OR EXISTS(SELECT 1 FROM "authorisation" AS "s"
     WHERE "s"."institution_id" = $13
     AND "s"."contact_id" = "c"."contact_id"
     AND "s"."organisation_id" = $14
     AND "s"."topic_id" = $15
     AND "s"."channel" = $16
     AND "s"."answer" = $17
     AND "s"."expires_on" < $18)
   OR EXISTS(SELECT 1 FROM "authorisation" AS "s"
     WHERE "s"."institution_id" = $19
     AND "s"."contact_id" = "c"."contact_id"
     AND "s"."organisation_id" = $20
     AND "s"."topic_id" = $21
     AND "s"."channel" = $22))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Int(Some(0))
-- $4 = Int(Some(0))
-- $5 = SmallInt(Some(0))
-- $6 = SmallInt(Some(2))
-- $7 = Int(Some(1))
-- $8 = Int(Some(1))
-- $9 = Int(Some(0))
-- $10 = SmallInt(Some(1))
-- $11 = SmallInt(Some(1))
-- $12 = ChronoDate(Some(2000-03-31))
-- $13 = Int(Some(1))
-- $14 = Int(Some(1))
-- $15 = Int(Some(2))
-- $16 = SmallInt(Some(2))
-- $17 = SmallInt(Some(1))
-- $18 = ChronoDate(Some(2000-03-31))
-- $19 = Int(Some(1))
-- $20 = Int(Some(0))
-- $21 = Int(Some(0))
-- $22 = SmallInt(Some(4))
