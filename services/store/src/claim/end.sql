-- $1 institution, $2 occurrence, $3 channel, and per contact: $4 who, $5 state, $6 blocks; $7 business now.
SELECT end_unsent($1, $2, $3, $4, $5, $6, $7)
