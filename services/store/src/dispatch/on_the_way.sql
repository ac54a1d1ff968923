SELECT lane, count(*)
FROM outbox
WHERE published_at IS NOT NULL
  AND claim_token IS NULL
GROUP BY lane
