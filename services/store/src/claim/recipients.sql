-- $1 institution, $2 occurrence, $3 channel, $4 contacts, $5 their address hashes, $6 business now, $7 the token that holds them,
-- NULL for nobody, $8 organisation and $9 topic of the launch, $10 the question about click tracking, $11 today.
-- A new statement, hence a new snapshot: it sees everything that was committed before the gates were locked.
SELECT o.contact_id, m.state, r.counts_on, c.email, c.first_name, c.last_name, c.language,
       t.refused AS tracking_refused, t.granted AS tracking_granted,
       -- No two messages of a launch share an address, so somebody's address changed since. Who has been sent to, or is
       -- just being sent to, keeps it; among those who wait, the lower id does.
       EXISTS (
           SELECT
           FROM gate h
           CROSS JOIN LATERAL (
               SELECT contact_id, state
               FROM message
               WHERE institution_id = $1
                 AND occurrence_id = $2
                 AND contact_id = h.contact_id
                 AND channel = $3
               OFFSET 0
           ) hm
           WHERE h.institution_id = $1
             AND h.channel = $3
             AND h.address_hash = asked.address_hash
             AND h.contact_id <> asked.contact_id
             AND (hm.state IN (2, 4)
                  OR hm.state = 0
                     AND (hm.contact_id < asked.contact_id
                          OR EXISTS (
                              SELECT
                              FROM outbox ho
                              WHERE ho.institution_id = $1
                                AND ho.occurrence_id = $2
                                AND ho.contact_id = hm.contact_id
                                AND ho.channel = $3
                                AND ho.claim_token IS NOT NULL
                          )))
       ) AS same_address
FROM unnest($4::bigint[], $5::bytea[]) AS asked (contact_id, address_hash)
-- Each by its whole key: OFFSET 0 keeps the planner from reading the outbox of the launch for a few of its rows.
CROSS JOIN LATERAL (
    SELECT contact_id, claim_token, due_at
    FROM outbox
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = asked.contact_id
      AND channel = $3
    OFFSET 0
) o
CROSS JOIN LATERAL (
    SELECT state
    FROM message
    WHERE institution_id = $1
      AND occurrence_id = $2
      AND contact_id = o.contact_id
      AND channel = $3
    OFFSET 0
) m
LEFT JOIN LATERAL (
    SELECT email, first_name, last_name, language
    FROM contact
    WHERE institution_id = $1
      AND contact_id = o.contact_id
    OFFSET 0
) c ON true
LEFT JOIN LATERAL (
    SELECT counts_on
    FROM recency
    WHERE institution_id = $1
      AND contact_id = o.contact_id
    OFFSET 0
) r ON true
CROSS JOIN LATERAL (
    -- By the contact alone: with more to look up, another index would serve as well and read an institution.
    SELECT coalesce(bool_or(answer = 2) FILTER (WHERE covers), false) AS refused,
           coalesce(bool_or(answer = 1 AND (expires_on IS NULL OR expires_on >= $11)) FILTER (WHERE covers), false) AS granted
    FROM (
        SELECT answer, expires_on, channel = $10 AND organisation_id IN (0, $8) AND topic_id IN (0, $9) AS covers
        FROM authorisation
        WHERE institution_id = $1
          AND contact_id = o.contact_id
        OFFSET 0
    ) a
) t
WHERE o.claim_token IS NOT DISTINCT FROM $7
  AND (o.due_at <= $6 OR $7 IS NOT NULL)
ORDER BY o.contact_id
