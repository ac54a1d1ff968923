-- Tracked links, the hits on them, and the verdicts.

CREATE TABLE link (
    institution_id int      NOT NULL,
    occurrence_id  int      NOT NULL,
    link_no        smallint NOT NULL,
    url            text     NOT NULL,
    PRIMARY KEY (institution_id, occurrence_id, link_no)
);
CALL seal_silo('link');

-- A request on a tracked link. The key is its place in the tracker's spool: delivered twice, stored once.
CREATE TABLE hit (
    institution_id int         NOT NULL,
    contact_id     bigint      NOT NULL,
    spool_id       uuid        NOT NULL,
    spool_offset   bigint      NOT NULL,
    occurrence_id  int         NOT NULL,
    channel        smallint    NOT NULL,
    link_no        smallint    NOT NULL,
    hit_at         timestamptz NOT NULL,          -- business clock of the tracker
    method         smallint    NOT NULL,
    signals        int         NOT NULL,          -- what the request itself shows (prefetch headers, ...)
    agent          smallint    NOT NULL,          -- class of user agent
    client         text,                          -- truncated address (TR-09)
    verdict        smallint    NOT NULL DEFAULT 0, -- model Verdict
    reasons        int         NOT NULL DEFAULT 0,
    rule_version   smallint    NOT NULL DEFAULT 0,
    judged_at      timestamptz,
    PRIMARY KEY (institution_id, contact_id, spool_id, spool_offset)
);
CREATE INDEX hit_by_message ON hit (institution_id, occurrence_id, contact_id);
CREATE INDEX hit_pending ON hit (institution_id, hit_at) WHERE verdict = 0;
CALL seal_silo('hit');

-- How far each spool has been taken over; the spool is trimmed up to here and no further.
CREATE TABLE spool_progress (
    spool_id  uuid   PRIMARY KEY,
    taken_to  bigint NOT NULL
);

GRANT SELECT, INSERT ON link TO rappel_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON hit, spool_progress TO rappel_app;
