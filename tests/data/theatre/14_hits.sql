-- $1 institution. Machines hit more links than people do, some people click twice, and some hits are not judged yet.
INSERT INTO hit
    (institution_id, contact_id, spool_id, spool_offset, occurrence_id, channel, link_no, hit_at, method, signals, agent, verdict)
SELECT $1, m.contact_id, md5('spool ' || m.occurrence_id)::uuid, m.contact_id * 8 + no, m.occurrence_id, 1, no,
       m.ended_at + interval '1 hour' * (100 * chance(m.contact_id, 330 + no)), 0, 0, 0,
       CASE WHEN toss < 0.08 THEN 1 WHEN toss < 0.20 THEN 2 WHEN toss < 0.21 THEN 3 ELSE 0 END
FROM message m,
     generate_series(0, 2) AS no,
     LATERAL (SELECT chance(m.contact_id, 340 + 10 * m.occurrence_id + no) AS toss) AS t
WHERE m.institution_id = $1
  AND m.state IN (2, 4)
  AND toss < 0.22
