-- $1 institution. A first try that had to wait, for every tenth message; then one that decided. Three of four failures are bounces, the
-- others are our own fault.
INSERT INTO attempt
    (institution_id, occurrence_id, contact_id, channel, attempt_no, claim_token, worker_id, address_hash, claimed_at, ended_at, outcome, fault)
SELECT $1, m.occurrence_id, m.contact_id, 1, no, md5(m.contact_id::text)::uuid, md5('worker')::uuid, '', m.ended_at, m.ended_at,
       CASE WHEN no = 1 THEN 2 WHEN m.state = 3 THEN 3 ELSE 1 END,
       CASE WHEN no = 1 THEN 1 WHEN m.state = 3 THEN CASE WHEN chance(m.contact_id, 320) < 0.75 THEN 1 ELSE 2 END END
FROM message m,
     generate_series(1, 2) AS no
WHERE m.institution_id = $1
  AND m.state IN (2, 3)
  AND (no = 2 OR chance(m.contact_id, 321 + m.occurrence_id) < 0.1)
  AND (m.state = 3 OR chance(m.contact_id, 321 + m.occurrence_id) < 0.1)
