-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "hit" AS "h"
     WHERE "h"."institution_id" = $2
     AND "h"."contact_id" = "c"."contact_id"
     AND "h"."verdict" = $3
     AND "h"."occurrence_id" = $4)
   AND (NOT EXISTS(SELECT 1 FROM "message" AS "m"
       WHERE "m"."institution_id" = $5
       AND "m"."contact_id" = "c"."contact_id"
       AND "m"."state" = ANY($6)
       AND "m"."ended_at" >= $7))
   AND (NOT EXISTS(SELECT 1 FROM "message" AS "m" INNER JOIN "attempt" AS "t" ON "t"."institution_id" = $8
       AND "t"."contact_id" = "m"."contact_id"
       AND "t"."occurrence_id" = "m"."occurrence_id"
       AND "t"."channel" = "m"."channel"
       WHERE "m"."institution_id" = $9
       AND "m"."contact_id" = "c"."contact_id"
       AND "m"."state" = $10
       AND "t"."outcome" = $11
       AND "t"."fault" = $12
       AND "m"."ended_at" < $13))
   AND ("c"."bucket" >= $14
     AND "c"."bucket" < $15)
   AND EXISTS(SELECT 1 FROM "authorisation" AS "s"
     WHERE "s"."institution_id" = $16
     AND "s"."contact_id" = "c"."contact_id"
     AND "s"."organisation_id" = $17
     AND "s"."topic_id" = $18
     AND "s"."channel" = $19
     AND "s"."answer" = $20
     AND ("s"."expires_on" IS NULL
       OR "s"."expires_on" >= $21)
     AND "s"."happened_at" < $22)
   AND EXISTS(SELECT 1 FROM "order_line" AS "l" INNER JOIN "product" AS "p" ON "p"."institution_id" = $23
     AND "p"."product_id" = "l"."product_id"
     WHERE "l"."institution_id" = $24
     AND "l"."contact_id" = "c"."contact_id"
     AND "l"."state" = ANY($25)
     AND ("l"."ordered_on" >= $26
       AND "l"."ordered_on" <= $27)
     AND "p"."valid_on" >= $28))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = SmallInt(Some(1))
-- $4 = Int(Some(1))
-- $5 = Int(Some(1))
-- $6 = Array(SmallInt, Some([SmallInt(Some(2)), SmallInt(Some(4))]))
-- $7 = ChronoDateTimeUtc(Some(2000-03-16T23:00:00Z))
-- $8 = Int(Some(1))
-- $9 = Int(Some(1))
-- $10 = SmallInt(Some(3))
-- $11 = SmallInt(Some(3))
-- $12 = SmallInt(Some(1))
-- $13 = ChronoDateTimeUtc(Some(1999-03-31T22:00:00Z))
-- $14 = SmallInt(Some(0))
-- $15 = SmallInt(Some(1250))
-- $16 = Int(Some(1))
-- $17 = Int(Some(0))
-- $18 = Int(Some(0))
-- $19 = SmallInt(Some(0))
-- $20 = SmallInt(Some(1))
-- $21 = ChronoDate(Some(2000-03-31))
-- $22 = ChronoDateTimeUtc(Some(2000-03-11T23:00:00Z))
-- $23 = Int(Some(1))
-- $24 = Int(Some(1))
-- $25 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $26 = ChronoDate(Some(1998-03-31))
-- $27 = ChronoDate(Some(1999-03-31))
-- $28 = ChronoDate(Some(1999-12-31))
