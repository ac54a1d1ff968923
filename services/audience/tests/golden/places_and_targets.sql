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
     AND km_between($12, $13, "p"."latitude", "p"."longitude") <= $14)
   AND EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
       WHERE "a"."institution_id" = $15
       AND "a"."organisation_id" = $16
       AND "a"."counts_on" IS NOT NULL
       GROUP BY "a"."contact_id" HAVING MAX("a"."counts_on") > $17) AS "q"
     WHERE "q"."contact_id" = "c"."contact_id")
   AND (EXISTS(SELECT 1 FROM "recency" AS "r"
       WHERE "r"."institution_id" = $18
       AND "r"."contact_id" = "c"."contact_id"
       AND "r"."counts_on" <= $19)
     AND (NOT EXISTS(SELECT 1 FROM (SELECT "a"."contact_id" FROM "activity" AS "a"
           WHERE "a"."institution_id" = $20
           AND "a"."kind" = ANY($21)
           GROUP BY "a"."contact_id" HAVING COUNT(*) >= $22) AS "q"
         WHERE "q"."contact_id" = "c"."contact_id"))
     AND (NOT EXISTS(SELECT 1 FROM "target_member" AS "t"
         WHERE "t"."institution_id" = $23
         AND "t"."contact_id" = "c"."contact_id"
         AND "t"."target_id" = $24
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
-- $12 = Double(Some(45.769))
-- $13 = Double(Some(4.829))
-- $14 = Double(Some(30.0))
-- $15 = Int(Some(1))
-- $16 = Int(Some(1))
-- $17 = ChronoDate(Some(1999-09-30))
-- $18 = Int(Some(1))
-- $19 = ChronoDate(Some(1999-03-31))
-- $20 = Int(Some(1))
-- $21 = Array(SmallInt, Some([SmallInt(Some(3))]))
-- $22 = BigInt(Some(2))
-- $23 = Int(Some(1))
-- $24 = Int(Some(4))
