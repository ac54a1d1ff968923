-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND (EXISTS(SELECT 1 FROM "recency" AS "r"
     WHERE "r"."institution_id" = $2
     AND "r"."contact_id" = "c"."contact_id"
     AND ("r"."counts_on" >= $3
       AND "r"."counts_on" <= $4))
   AND "c"."kind" = $5
   AND "c"."roles" = ANY($6)
   AND "c"."email_key" IS NOT NULL)
-- $1 = Int(Some(1))
-- $2 = Int(Some(1))
-- $3 = ChronoDate(Some(1997-03-31))
-- $4 = ChronoDate(Some(1997-06-30))
-- $5 = SmallInt(Some(0))
-- $6 = Array(Int, Some([Int(Some(1)), Int(Some(3)), Int(Some(5)), Int(Some(7)), Int(Some(9)), Int(Some(11)), Int(Some(13)), Int(Some(15)), Int(Some(17)), Int(Some(19)), Int(Some(21)), Int(Some(23)), Int(Some(25)), Int(Some(27)), Int(Some(29)), Int(Some(31)), Int(Some(33)), Int(Some(35)), Int(Some(37)), Int(Some(39)), Int(Some(41)), Int(Some(43)), Int(Some(45)), Int(Some(47)), Int(Some(49)), Int(Some(51)), Int(Some(53)), Int(Some(55)), Int(Some(57)), Int(Some(59)), Int(Some(61)), Int(Some(63))]))
