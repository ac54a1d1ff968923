-- $1 institution, $2 contacts in the order of their ids, $3 channel. One by one by the key, in its order, as every other locker
-- of gates does.
SELECT c.contact_id
FROM unnest($2::bigint[]) AS c (contact_id)
CROSS JOIN LATERAL (
    SELECT
    FROM gate g
    WHERE g.institution_id = $1
      AND g.contact_id = c.contact_id
      AND g.channel = $3
    FOR SHARE
) locked
