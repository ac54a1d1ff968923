-- Evidence of permission, and what is projected from it: consent_record -> authorisation -> gate.
-- Only store::gate writes the projections; `rappel gate verify` rebuilds and compares them.

-- The bit of a reason (model::permission::Reason, which a test compares with this list). Folded when a statement is planned.
CREATE FUNCTION reason_bit(reason text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 << array_position(ARRAY[
        'anonymised', 'restricted', 'suppressed', 'general_refusal', 'channel_refusal', 'under_age', 'retention_passed',
        'consent_expired', 'no_consent', 'no_address', 'address_invalid', 'preconditions', 'frequency_cap', 'holdout',
        'same_address'], reason) - 1;

CREATE TABLE wording (
    institution_id int         NOT NULL REFERENCES institution,
    wording_id     int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    source         text        NOT NULL,
    external_id    text        NOT NULL,
    text           text        NOT NULL,
    text_hash      bytea       NOT NULL,          -- SHA-256 of the exact text: what a consent event must name
    channels       smallint    NOT NULL,          -- bit per channel (1 << Channel): where a general yes to it counts
    valid_months   smallint,                      -- NULL: a yes to it does not expire
    language       text,
    as_of          timestamptz NOT NULL,
    content_hash   bigint      NOT NULL,
    PRIMARY KEY (institution_id, wording_id),
    UNIQUE (institution_id, source, external_id)
);
CALL seal_silo('wording');

CREATE TABLE collection_point (
    institution_id      int         NOT NULL REFERENCES institution,
    collection_point_id int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    source              text        NOT NULL,
    external_id         text        NOT NULL,
    name                text        NOT NULL,
    organisation_id     int         NOT NULL,
    kind                text        NOT NULL,
    policy_url          text        NOT NULL,     -- required: a point without policy and notice cannot go live (design, section 8)
    notice_version      text        NOT NULL,
    as_of               timestamptz NOT NULL,
    content_hash        bigint      NOT NULL,
    PRIMARY KEY (institution_id, collection_point_id),
    UNIQUE (institution_id, source, external_id)
);
CALL seal_silo('collection_point');

-- The evidence log: append-only for the application. Everything else about permission can be rebuilt from it.
CREATE TABLE consent_record (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    record_id       uuid        NOT NULL,         -- random, or the hash of an imported row: importing twice records once
    organisation_id int         NOT NULL,         -- 0: the whole institution
    topic_id        int         NOT NULL,         -- 0: no topic
    channel         smallint    NOT NULL,         -- 0: general
    answer          smallint    NOT NULL,         -- model Answer
    proof           smallint    NOT NULL,         -- model Proof; a yes that is only claimed grants nothing
    channels        smallint    NOT NULL,         -- of a general yes: the channels that its wording names
    wording_id      int,
    happened_at     timestamptz NOT NULL,         -- business clock; a snapshot's answer happened when it was taken
    learned_at      timestamptz NOT NULL,         -- business clock
    expires_on      date,                         -- last day on which a yes stands; NULL: it does not expire
    origin          text        NOT NULL,         -- one_click, page, import, operator, ...
    pointer         text        NOT NULL,         -- where the proof is: collection point and form id, import run, occurrence
    address_hash    bytea,                        -- the address it was given through, if any
    committed_at    timestamptz NOT NULL,         -- machine clock, stamped after the gate was locked
    xid             bigint      NOT NULL DEFAULT (pg_current_xact_id()::text::bigint), -- what the sealer orders by
    seq             bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    salt            bytea       NOT NULL,         -- of the sealed commitment; erased with the record (CO-11)
    PRIMARY KEY (institution_id, contact_id, record_id)
);
CREATE INDEX consent_record_to_seal ON consent_record (institution_id, xid);
CALL seal_silo('consent_record');

-- The current answers: per scope the last effective record. Only yes and no have rows; unset is absence.
CREATE TABLE authorisation (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    organisation_id int         NOT NULL,
    topic_id        int         NOT NULL,
    channel         smallint    NOT NULL,
    answer          smallint    NOT NULL,
    proof           smallint    NOT NULL,
    channels        smallint    NOT NULL,
    expires_on      date,
    happened_at     timestamptz NOT NULL,
    record_id       uuid        NOT NULL,
    PRIMARY KEY (institution_id, contact_id, organisation_id, topic_id, channel)
);
CREATE INDEX authorisation_by_answer ON authorisation (institution_id, channel, organisation_id, answer);
CALL seal_silo('authorisation');

-- What an address, whoever has it, was used to refuse; and the lock for it. It has no link to a contact and survives erasure (CO-21).
-- The row of organisation 0 always exists for an address in use.
CREATE TABLE address (
    institution_id  int      NOT NULL,
    channel         smallint NOT NULL,
    hash            bytea    NOT NULL,            -- HMAC-SHA-256 under key_id (CO-22)
    organisation_id int      NOT NULL,            -- 0: the whole institution
    key_id          smallint NOT NULL,
    blocks          int      NOT NULL DEFAULT 0,  -- model::permission bits
    reason          text,
    day             date,
    expires_on      date,                         -- of the suppression bit; NULL: never
    PRIMARY KEY (institution_id, channel, hash, organisation_id)
) WITH (fillfactor = 80);
CALL seal_silo('address');

-- The current permission of one contact on one channel; always present, and the only row that a claim locks.
-- It stores no bit that ages by itself: dates are compared with the business day that the reader binds.
CREATE TABLE gate (
    institution_id   int         NOT NULL,
    contact_id       bigint      NOT NULL,
    channel          smallint    NOT NULL,
    blocks           int         NOT NULL,        -- model::permission bits at institution scope
    proof            smallint    NOT NULL,        -- of the best yes at institution scope; 0 without one
    consent_until    date,                        -- its last day (9999-12-31: it does not expire); NULL without a yes
    of_age_on        date,                        -- NULL: the age rule passes
    suppressed_until date,                        -- NULL: not suppressed
    address_hash     bytea,
    ver              int         NOT NULL DEFAULT 0,
    stamp            timestamptz NOT NULL,        -- machine clock of the last write
    PRIMARY KEY (institution_id, contact_id, channel)
) WITH (fillfactor = 80);
CREATE INDEX gate_by_address ON gate (institution_id, channel, address_hash) WHERE address_hash IS NOT NULL;
CALL seal_silo('gate');

-- Answers of one organisation or topic: sparse, OR-ed into the gate by the reader.
CREATE TABLE gate_scope (
    institution_id  int      NOT NULL,
    contact_id      bigint   NOT NULL,
    channel         smallint NOT NULL,
    organisation_id int      NOT NULL,
    topic_id        int      NOT NULL,
    blocks          int      NOT NULL,
    proof           smallint NOT NULL,
    consent_until   date,
    soft_opt_in     boolean  NOT NULL,            -- complete purchase evidence of this organisation (LA-22)
    PRIMARY KEY (institution_id, contact_id, channel, organisation_id, topic_id)
);
CALL seal_silo('gate_scope');

-- A refusal's stamps: committed_at orders it against claims, settled_at says when every claim open at that moment had ended.
CREATE TABLE refusal (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    record_id       uuid        NOT NULL,
    channel         smallint    NOT NULL,
    organisation_id int         NOT NULL,
    topic_id        int         NOT NULL,
    committed_at    timestamptz NOT NULL,
    settled_at      timestamptz,
    PRIMARY KEY (institution_id, contact_id, record_id, channel)
);
CREATE INDEX refusal_unsettled ON refusal (institution_id) WHERE settled_at IS NULL;
CALL seal_silo('refusal');

-- Tamper evidence: the sealer takes finished transactions in order and chains them. Leaves outlive the records they commit to.
CREATE TABLE seal_epoch (
    institution_id int         NOT NULL,
    no             int         NOT NULL,
    from_xid       bigint      NOT NULL,
    to_xid         bigint      NOT NULL,          -- exclusive
    leaves         int         NOT NULL,
    root           bytea       NOT NULL,          -- Merkle root of the leaves
    prev           bytea       NOT NULL,
    hash           bytea       NOT NULL,          -- SHA-256 over all of the above
    sealed_at      timestamptz NOT NULL,
    PRIMARY KEY (institution_id, no)
);
CALL seal_silo('seal_epoch');

CREATE TABLE seal_leaf (
    institution_id int   NOT NULL,
    epoch_no       int   NOT NULL,
    position       int   NOT NULL,
    record_id      uuid  NOT NULL,
    leaf           bytea NOT NULL,                -- HMAC-SHA-256(salt, canonical record)
    PRIMARY KEY (institution_id, epoch_no, position)
);
CALL seal_silo('seal_leaf');

GRANT SELECT, INSERT ON consent_record, seal_epoch, seal_leaf TO rappel_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON wording, collection_point, authorisation, address, gate, gate_scope, refusal TO rappel_app;
