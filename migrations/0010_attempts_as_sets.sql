-- The steps of an attempt are statements over sets again (services/store/src/claim, services/store/src/result): each names one
-- table and its whole key, so that it has one plan whatever the statistics say, and costs a third of a loop over rows.
DROP FUNCTION lease_messages(int, int, smallint, bigint[], bytea[], uuid, uuid);
DROP FUNCTION end_unsent(int, int, smallint, bigint[], smallint[], int[], timestamptz);
DROP FUNCTION end_attempts(int, int[], bigint[], smallint[], smallint[], uuid[], smallint[], smallint[], text[], smallint[],
                           smallint[], timestamptz[], smallint[], smallint[], timestamptz);
