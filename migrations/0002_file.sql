-- The file: organisations, contacts, their criteria, what they bought and owe.
-- (source, external_id) names a row in the system it came from. `as_of` and `content_hash` decide between two versions of it:
-- the later as_of wins, the larger hash breaks a tie, so that files may arrive in any order and any number of times.

CREATE TABLE organisation (
    institution_id  int         NOT NULL REFERENCES institution,
    organisation_id int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    source          text        NOT NULL,
    external_id     text        NOT NULL,
    name            text        NOT NULL,
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, organisation_id),
    UNIQUE (institution_id, source, external_id)
);
CALL seal_silo('organisation');

-- A newsletter or series that a contact may answer for apart; organisation 0 is the institution itself.
CREATE TABLE topic (
    institution_id  int  NOT NULL REFERENCES institution,
    topic_id        int  NOT NULL GENERATED ALWAYS AS IDENTITY,
    organisation_id int  NOT NULL,
    code            text NOT NULL,
    PRIMARY KEY (institution_id, topic_id),
    UNIQUE (institution_id, organisation_id, code)
);
CALL seal_silo('topic');

CREATE TABLE contact (
    institution_id int         NOT NULL REFERENCES institution,
    contact_id     bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id      uuid        NOT NULL,
    source         text        NOT NULL,
    external_id    text        NOT NULL,
    kind           smallint    NOT NULL,          -- model ContactKind
    roles          int         NOT NULL,          -- model Role bits
    state          smallint    NOT NULL DEFAULT 0, -- 0 live, 1 restricted, 2 anonymising, 3 anonymised
    first_name     text,
    last_name      text,
    first_name_key text COLLATE "C",              -- *_key: normalised in Rust (NFC, lower case), what comparisons use
    last_name_key  text COLLATE "C",
    birth_date     date,
    birthday       smallint,                      -- month * 100 + day, so that a window over birthdays is a range
    guardian       boolean     NOT NULL DEFAULT false, -- a guardian's record exists: the age rule passes
    gender         text COLLATE "C",
    language       text COLLATE "C",
    email          text,                          -- as given, for sending
    email_key      text COLLATE "C",              -- canonical form (EM-11)
    mobile         text COLLATE "C",
    street         text,
    postal_code    text COLLATE "C",
    city           text,
    city_key       text COLLATE "C",
    country        text COLLATE "C",
    created_on     date,                          -- NULL is unknown, never "today"
    bucket         smallint    NOT NULL,          -- 0..9999, stable and random: samples and holdouts
    as_of          timestamptz NOT NULL,
    content_hash   bigint      NOT NULL,
    PRIMARY KEY (institution_id, contact_id),
    UNIQUE (institution_id, source, external_id)
);
CREATE INDEX contact_by_city ON contact (institution_id, city_key);
CREATE INDEX contact_by_last_name ON contact (institution_id, last_name_key);
CREATE INDEX contact_by_postal_code ON contact (institution_id, postal_code);
CALL seal_silo('contact');

-- A typed custom attribute; value_type: 0 text, 1 number, 2 date, 3 yes/no, 4 one of, 5 several of.
CREATE TABLE criterion (
    institution_id int         NOT NULL REFERENCES institution,
    criterion_id   int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    code           text        NOT NULL,
    name           text        NOT NULL,
    value_type     smallint    NOT NULL,
    choices        text[]      NOT NULL DEFAULT '{}',
    as_of          timestamptz NOT NULL,
    content_hash   bigint      NOT NULL,
    PRIMARY KEY (institution_id, criterion_id),
    UNIQUE (institution_id, code)
);
CALL seal_silo('criterion');

-- One row per value; `several of` has one per choice, told apart by `item`. No row is "missing".
CREATE TABLE criterion_value (
    institution_id int      NOT NULL,
    contact_id     bigint   NOT NULL,
    criterion_id   int      NOT NULL,
    item           smallint NOT NULL,
    v_text         text COLLATE "C",
    v_num          float8,                        -- numbers; yes is 1, no is 0
    v_date         date,
    PRIMARY KEY (institution_id, contact_id, criterion_id, item)
);
CREATE INDEX criterion_value_by_text ON criterion_value (institution_id, criterion_id, v_text);
CREATE INDEX criterion_value_by_number ON criterion_value (institution_id, criterion_id, v_num);
CREATE INDEX criterion_value_by_date ON criterion_value (institution_id, criterion_id, v_date);
CALL seal_silo('criterion_value');

CREATE TABLE product (
    institution_id  int         NOT NULL REFERENCES institution,
    product_id      bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    source          text        NOT NULL,
    external_id     text        NOT NULL,
    organisation_id int         NOT NULL,
    name            text        NOT NULL,
    category        text COLLATE "C",
    valid_on        date,                         -- the event's day; NULL for an undated product
    state           smallint    NOT NULL,         -- model ProductState
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, product_id),
    UNIQUE (institution_id, source, external_id)
);
CALL seal_silo('product');

-- One row per contact and role of a line: the purchaser and the cultural contact stand apart.
-- line_id is the hash of (source, external id), so that importing a line again finds it without a look-up.
CREATE TABLE order_line (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    line_id         uuid        NOT NULL,
    role            smallint    NOT NULL,         -- model HolderRole
    organisation_id int         NOT NULL,
    product_id      bigint      NOT NULL,
    state           smallint    NOT NULL,         -- model LineState
    ordered_on      date        NOT NULL,
    quantity        int         NOT NULL,
    amount          bigint      NOT NULL,         -- minor units
    opt_out_wording int,                          -- the opt-out shown at the sale; makes it complete evidence (LA-22)
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, contact_id, line_id, role)
);
CREATE INDEX order_line_by_line ON order_line (institution_id, line_id);
CREATE INDEX order_line_by_product ON order_line (institution_id, product_id);
CALL seal_silo('order_line');

-- What a contact owes (negative) or is owed.
CREATE TABLE balance (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    balance_id      uuid        NOT NULL,         -- hash of (source, external id)
    organisation_id int         NOT NULL,
    amount          bigint      NOT NULL,         -- minor units
    due_on          date,
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, contact_id, balance_id)
);
CREATE INDEX balance_by_id ON balance (institution_id, balance_id);
CALL seal_silo('balance');

GRANT SELECT, INSERT, UPDATE, DELETE ON organisation, topic, contact, criterion, criterion_value, product, order_line, balance TO rappel_app;
