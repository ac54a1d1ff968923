-- Dated facts, and the one date that is projected from them.

-- The day on which an activity counts for recency: model::recency::counts_on over columns (a test compares the two).
-- `product_state` is model ProductState, `voided` says that the order line was returned or cancelled.
CREATE FUNCTION counting_day(kind smallint, happened_on date, valid_on date, product_state smallint, voided boolean)
    RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN kind BETWEEN 4 AND 10 THEN happened_on
        WHEN kind > 10 THEN NULL
        WHEN valid_on IS NULL OR voided OR product_state = 3 THEN happened_on
        ELSE valid_on
    END;

-- activity_id is the hash of (kind of record, source, external id, role). An order line writes one row per contact and role.
CREATE TABLE activity (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    activity_id     uuid        NOT NULL,
    organisation_id int         NOT NULL,         -- 0: none in particular
    kind            smallint    NOT NULL,         -- model ActivityKind
    role            smallint    NOT NULL,         -- model HolderRole
    product_id      bigint,
    happened_on     date        NOT NULL,
    amount          bigint,                       -- minor units
    voided          boolean     NOT NULL DEFAULT false, -- of an order line that was returned or cancelled
    -- The day it counts for recency; NULL when its kind never counts. A dated product counts at its validity date:
    -- a postponement rewrites this column for the holders (model::recency).
    counts_on       date,
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, contact_id, activity_id)
);
-- Finds the earlier version of a fact whose contact was corrected.
CREATE INDEX activity_by_id ON activity (institution_id, activity_id);
-- Recomputes one contact when evidence is removed.
CREATE INDEX activity_by_counting_day ON activity (institution_id, contact_id, counts_on);
CREATE INDEX activity_by_product ON activity (institution_id, product_id) WHERE product_id IS NOT NULL;
CALL seal_silo('activity');

-- GDPR recency, exact at all times: additions raise it in their own transaction, removals recompute the contact.
CREATE TABLE recency (
    institution_id int    NOT NULL,
    contact_id     bigint NOT NULL,
    active_on      date,                          -- the last day that counts; NULL without qualifying activity
    created_on     date,                          -- the fallback; NULL when unknown
    counts_on      date GENERATED ALWAYS AS (coalesce(active_on, created_on)) STORED, -- NULL: recency unknown
    PRIMARY KEY (institution_id, contact_id)
) WITH (fillfactor = 80);
CREATE INDEX recency_by_day ON recency (institution_id, counts_on);
CALL seal_silo('recency');

GRANT SELECT, INSERT, UPDATE, DELETE ON activity, recency TO rappel_app;
