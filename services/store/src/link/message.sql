-- $1 institution, $2 occurrence, $3 contact, $4 channel. No row: the contact is anonymised, about to be, or deleted.
-- The address is the one of the last attempt: the mailbox in which the link stands, whatever the contact's address is now.
SELECT n.name AS institution, o.name AS organisation, l.organisation_id,
       (SELECT a.address_hash
        FROM attempt a
        WHERE a.institution_id = $1
          AND a.occurrence_id = $2
          AND a.contact_id = $3
          AND a.channel = $4
        ORDER BY a.attempt_no DESC
        LIMIT 1) AS address_hash
FROM contact c
JOIN institution n
  ON n.institution_id = $1
LEFT JOIN launch l
  ON l.institution_id = $1
 AND l.occurrence_id = $2
LEFT JOIN organisation o
  ON o.institution_id = $1
 AND o.organisation_id = l.organisation_id
WHERE c.institution_id = $1
  AND c.contact_id = $3
  AND c.state < 2
