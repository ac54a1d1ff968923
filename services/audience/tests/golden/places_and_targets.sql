-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "indicator_value" AS "v"
     WHERE "v"."institution_id" = $2
     AND "v"."contact_id" = "c"."contact_id"
     AND "v"."indicator_id" = $3
     AND "v"."organisation_id" = $4
     AND "v"."v_num" >= $5)
   AND ("c"."country" IS NOT NULL
     AND ("c"."country" <> $6
       OR ((("c"."postal_code" COLLATE "C") < $7
           OR ("c"."postal_code" COLLATE "C") >= $8)
         AND (("c"."postal_code" COLLATE "C") < $9
           OR ("c"."postal_code" COLLATE "C") >= $10))))
   AND EXISTS(SELECT 1 FROM "place" AS "p"
     WHERE "p"."institution_id" = $11
     AND "p"."country" = "c"."country"
     AND "p"."postal_code" = "c"."postal_code"
     AND km_between("p"."latitude", "p"."longitude") <= $12)
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $13
       AND "a"."organisation_id" = $14
       AND "a"."counts_on" IS NOT NULL
       GROUP BY "a"."contact_id" HAVING MAX("a"."counts_on") > $15) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND (EXISTS(SELECT 1 FROM "recency" AS "r"
       WHERE "r"."institution_id" = $16
       AND "r"."contact_id" = "c"."contact_id"
       AND "r"."counts_on" <= $17)
     AND (NOT EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
           WHERE "a"."institution_id" = $18
           AND "a"."kind" = ANY($19)
           GROUP BY "a"."contact_id" HAVING COUNT(*) >= $20) AS "q"
         WHERE "q"."contact_id" = "c"."contact_id"))
     AND (NOT EXISTS(SELECT 1 FROM "target_member" AS "t"
         WHERE "t"."institution_id" = $21
         AND "t"."contact_id" = "c"."contact_id"
         AND "t"."target_id" = $22
         AND "t"."until_version" IS NULL))))
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = Int(Some(1))
-- $4 = Int(Some(1))
-- $5 = Double(Some(2.5))
-- $6 = String(Some("FR"))
-- $7 = String(Some("75"))
-- $8 = String(Some("76"))
-- $9 = String(Some("B-"))
-- $10 = String(Some("B."))
-- $11 = Int(Some(1))
-- $12 = Double(Some(30.0))
-- $13 = Int(Some(1))
-- $14 = Int(Some(1))
-- $15 = ChronoDate(Some(1999-09-30))
-- $16 = Int(Some(1))
-- $17 = ChronoDate(Some(1999-03-31))
-- $18 = Int(Some(1))
-- $19 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $20 = BigInt(Some(2))
-- $21 = Int(Some(1))
-- $22 = Int(Some(4))
