-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "recency" AS "r"
     WHERE "r"."institution_id" = $2
     AND "r"."contact_id" = "c"."contact_id"
     AND "r"."counts_on" < $3)
   OR (NOT EXISTS(SELECT 1 FROM "recency" AS "r"
       WHERE "r"."institution_id" = $4
       AND "r"."contact_id" = "c"."contact_id"
       AND "r"."counts_on" IS NOT NULL)))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = ChronoDate(Some(1997-02-28))
-- $4 = Int(Some(1))
