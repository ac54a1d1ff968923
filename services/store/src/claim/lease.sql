-- $1 institution, $2 occurrence, $3 channel, and per contact: $4 who, $5 address hash; $6 token, $7 worker.
SELECT leased, attempt
FROM lease_messages($1, $2, $3, $4, $5, $6, $7)
