-- $1 institution. Who has an address and was there received two of three; the others were left out. Hours are such that the day in
-- Greenwich is another for some.
INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
SELECT $1, l.occurrence_id, c.contact_id, 1,
       CASE WHEN toss < 0.60 THEN 2 WHEN toss < 0.64 THEN 3 WHEN toss < 0.66 THEN 4 ELSE 1 END,
       CASE WHEN toss < 0.66 THEN 2 ELSE 0 END, CASE WHEN toss < 0.66 THEN 0 ELSE 16 END,
       l.launched_at + interval '1 hour' * (8 + 40 * chance(c.contact_id, 310 + l.occurrence_id))
FROM launch l,
     contact c,
     LATERAL (SELECT chance(c.contact_id, 300 + l.occurrence_id) AS toss) AS t
WHERE l.institution_id = $1
  AND c.institution_id = $1
  AND c.email_key IS NOT NULL
  AND c.created_on < l.today
