-- Campaigns, launches and the message ledger. PostgreSQL holds the truth; the broker only carries ids of it.

CREATE TABLE content_version (
    institution_id int   NOT NULL REFERENCES institution,
    content_id     int   NOT NULL GENERATED ALWAYS AS IDENTITY,
    hash           bytea NOT NULL,                -- SHA-256 of the frozen source
    source         jsonb NOT NULL,                -- content::EmailContent
    PRIMARY KEY (institution_id, content_id),
    UNIQUE (institution_id, hash)
);
CALL seal_silo('content_version');

-- One run of a campaign, frozen: what was asked, of whom, under which policy. Committing it is the intent to send.
CREATE TABLE launch (
    institution_id  int         NOT NULL REFERENCES institution,
    occurrence_id   int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id       uuid        NOT NULL,
    -- What the caller named this launch: launching twice under one key launches once.
    launch_key      text        NOT NULL,
    name            text        NOT NULL,
    purpose         smallint    NOT NULL,
    channel         smallint    NOT NULL,
    lane            smallint    NOT NULL,
    organisation_id int         NOT NULL,
    topic_id        int         NOT NULL,
    query           jsonb       NOT NULL,
    zone            text        NOT NULL,
    today           date        NOT NULL,
    unset_means     smallint    NOT NULL,         -- the policy then in force; the claim excludes when it or today's excludes
    content_id      int         NOT NULL,
    sender          jsonb       NOT NULL,         -- store::launch::Sender
    -- The key that seals this launch's tokens: Message-ID must not change when the current key does (EM-08).
    token_key       smallint    NOT NULL,
    renewal_from    date,                         -- consent_renewal: the window in which recency must lie
    renewal_until   date,
    expires_at      timestamptz NOT NULL,         -- business clock
    state           smallint    NOT NULL,         -- model LaunchState
    -- The last contact moved to the outbox: an economy of the dispatcher. Completion is "no row that is not final".
    cursor          bigint      NOT NULL DEFAULT 0,
    snapshot        text        NOT NULL,         -- pg_current_snapshot(): what the decision could see
    launched_at     timestamptz NOT NULL,         -- business clock
    launched_by     text        NOT NULL,
    PRIMARY KEY (institution_id, occurrence_id),
    UNIQUE (institution_id, launch_key)
);
CALL seal_silo('launch');
CREATE INDEX launch_running ON launch (state) WHERE state IN (0, 2);

-- The ledger: written once at launch, updated once at its end (and later by evidence on `unknown`).
-- No index on state: state changes stay HOT.
CREATE TABLE message (
    institution_id int      NOT NULL,
    occurrence_id  int      NOT NULL,
    contact_id     bigint   NOT NULL,
    channel        smallint NOT NULL,
    state          smallint NOT NULL,             -- model MessageState
    proof          smallint NOT NULL,             -- what the permission rested on (model::permission::Basis)
    blocks_launch  int      NOT NULL,             -- 0: planned
    blocks_claim   int,                           -- NULL: never claimed
    recency_seen   date,
    ended_at       timestamptz,                   -- business clock
    PRIMARY KEY (institution_id, occurrence_id, contact_id, channel)
) WITH (fillfactor = 80);
CALL seal_silo('message', 'rappel_app, rappel_dispatcher');

-- One row per try on the wire, written by the claim (EM-66).
CREATE TABLE attempt (
    institution_id int         NOT NULL,
    occurrence_id  int         NOT NULL,
    contact_id     bigint      NOT NULL,
    channel        smallint    NOT NULL,
    attempt_no     smallint    NOT NULL,
    claim_token    uuid        NOT NULL,
    worker_id      uuid        NOT NULL,
    address_hash   bytea       NOT NULL,
    claimed_at     timestamptz NOT NULL,          -- machine clock, after the lock
    ended_at       timestamptz,                   -- machine clock
    outcome        smallint,                      -- store::result::Ending; NULL: open
    code           smallint,
    enhanced       text,
    fault          smallint,                      -- store::result, from model reply Fault (EM-72)
    PRIMARY KEY (institution_id, occurrence_id, contact_id, channel, attempt_no)
) WITH (fillfactor = 80);
CALL seal_silo('attempt', 'rappel_app, rappel_dispatcher');

-- Exactly the messages that are on their way: from dispatch to result. Carries the lease.
-- ready: claim_token NULL. claimed: claim_token set. deferred: due_at in the future.
-- Leases are found by worker only after a worker died: no index for it, so that an ordinary claim writes less.
CREATE TABLE outbox (
    institution_id int         NOT NULL,
    occurrence_id  int         NOT NULL,
    contact_id     bigint      NOT NULL,
    channel        smallint    NOT NULL,
    lane           smallint    NOT NULL,
    attempts       smallint    NOT NULL DEFAULT 0, -- claims that wrote an attempt row
    deferrals      smallint    NOT NULL DEFAULT 0, -- clear temporary answers so far: what the retry schedule counts
    releases       smallint    NOT NULL DEFAULT 0, -- claims given back in a row without a dot; three count as a deferral
    due_at         timestamptz NOT NULL,          -- business clock
    published_at   timestamptz,                   -- machine clock; NULL: to be published
    claim_token    uuid,
    claimed_at     timestamptz,                   -- machine clock
    worker_id      uuid,
    PRIMARY KEY (institution_id, occurrence_id, contact_id, channel)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01);
-- What the dispatcher publishes next: nacked, deferred, swept and returned rows. The first publish never enters it.
CREATE INDEX outbox_to_publish ON outbox (institution_id, occurrence_id, due_at) WHERE published_at IS NULL;
-- What stands in the broker: its count is the dispatcher's window, its oldest rows are what the sweeper takes back.
CREATE INDEX outbox_on_the_way ON outbox (lane, published_at) WHERE published_at IS NOT NULL AND claim_token IS NULL;
CALL seal_silo('outbox');

-- A process that holds leases or a spool; not of any institution.
CREATE TABLE worker (
    worker_id   uuid        PRIMARY KEY,
    host        text        NOT NULL,
    role        text        NOT NULL,             -- work, track
    started_at  timestamptz NOT NULL,             -- machine clock, as the next two
    beat_at     timestamptz NOT NULL,
    ended_at    timestamptz,                      -- ended, or its journal was replayed by a successor
    lost_at     timestamptz,                      -- a person declared its host gone, and its journal with it
    spool_empty boolean     NOT NULL DEFAULT true
);

-- The dispatcher finds work across institutions on these three tables and nowhere else (delivery A.2).
CREATE POLICY dispatch ON outbox FOR ALL TO rappel_dispatcher USING (true) WITH CHECK (true);
CREATE POLICY dispatch ON launch FOR ALL TO rappel_dispatcher USING (true) WITH CHECK (true);

-- What could not be understood: the body as it came, and why. Bodies hold ids only.
CREATE TABLE dead_letter (
    dead_letter_id bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    queue          text        NOT NULL,
    reason         text        NOT NULL,
    body           bytea       NOT NULL,
    at             timestamptz NOT NULL
);

GRANT SELECT, INSERT ON content_version TO rappel_app;
GRANT SELECT, INSERT, UPDATE ON launch, message, attempt TO rappel_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO rappel_app, rappel_dispatcher;
GRANT SELECT, UPDATE ON launch, message, attempt TO rappel_dispatcher;
GRANT SELECT, INSERT, UPDATE ON worker TO rappel_app, rappel_dispatcher;
GRANT SELECT, INSERT ON dead_letter TO rappel_app, rappel_dispatcher;
