-- The steps of an attempt are statements over sets again (services/store/src/claim, services/store/src/result): each names one
-- table and its whole key, and costs a third of a loop over rows.
DROP FUNCTION lease_messages(int, int, smallint, bigint[], bytea[], uuid, uuid);
DROP FUNCTION end_unsent(int, int, smallint, bigint[], smallint[], int[], timestamptz);
DROP FUNCTION end_attempts(int, int[], bigint[], smallint[], smallint[], uuid[], smallint[], smallint[], text[], smallint[],
                           smallint[], timestamptz[], smallint[], smallint[], timestamptz);

-- What is on its way, and what was tried, is looked for by its contacts. With institution and launch before them in the key, the
-- statistics decided whether `contact_id = ANY (...)` was looked up or filtered, and the statistics of these two tables are always
-- late: a batch of fifty then read all that the launch had tried. A list of values for the first column is always looked up.
ALTER TABLE outbox
    DROP CONSTRAINT outbox_pkey,
    ADD PRIMARY KEY (contact_id, institution_id, occurrence_id, channel);
ALTER TABLE attempt
    DROP CONSTRAINT attempt_pkey,
    ADD PRIMARY KEY (contact_id, institution_id, occurrence_id, channel, attempt_no);

-- What stands in the broker, and what of it is claimed: without the claim in its condition, a lease changes no index (HOT).
DROP INDEX outbox_on_the_way;
CREATE INDEX outbox_on_the_way ON outbox (lane, published_at) WHERE published_at IS NOT NULL;
