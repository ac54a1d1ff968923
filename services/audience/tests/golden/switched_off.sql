-- today is 2000-03-31
SELECT "c"."contact_id" FROM "contact" AS "c"
 WHERE "c"."institution_id" = $1
 AND "c"."language" = $2
-- $1 = Int(Some(1))
-- $2 = String(Some("fr"))
