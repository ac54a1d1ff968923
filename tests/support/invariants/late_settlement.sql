-- Only refusals that came while something ran that could settle them.
SELECT format('contact %s: after %s', r.contact_id, r.settled_at - r.committed_at)
FROM refusal r
WHERE r.committed_at > (SELECT min(w.started_at) FROM worker w)
  AND (r.settled_at IS NULL OR r.settled_at > r.committed_at + interval '16 s')
