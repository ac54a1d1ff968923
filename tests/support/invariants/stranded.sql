SELECT format('launch %s, contact %s: still in the outbox, attempts %s, claimed %s', o.occurrence_id, o.contact_id, o.attempts, o.claimed_at)
FROM outbox o
JOIN launch l USING (institution_id, occurrence_id)
WHERE l.state <> 1
   OR o.claim_token IS NOT NULL
UNION ALL
SELECT format('launch %s, contact %s: attempt %s has no end', occurrence_id, contact_id, attempt_no)
FROM attempt
WHERE outcome IS NULL
UNION ALL
SELECT format('%s process of %s: neither ended nor taken over', role, started_at)
FROM worker
WHERE ended_at IS NULL
