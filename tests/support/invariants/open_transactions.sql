SELECT format('%s as %s: %s', application_name, usename, state)
FROM pg_stat_activity
WHERE datname = current_database()
  AND application_name = 'rappel'
  AND state LIKE 'idle in transaction%'
