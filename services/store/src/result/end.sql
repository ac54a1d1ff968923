-- $1 institution, and per report: $2 occurrence, $3 contact, $4 channel, $5 attempt, $6 token, $7 outcome, $8 code,
-- $9 enhanced code, $10 fault, $11 the message's state or NULL, $12 when it is due again, $13 deferrals, $14 releases;
-- $15 business now.
SELECT occurrence, contact, hash
FROM end_attempts($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
