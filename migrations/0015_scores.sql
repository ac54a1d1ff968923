-- Scores of what contacts buy (model::score), from 1 to 5. To score people is profiling: an institution that never asked for scores has none.

-- Since when an institution wants scores, and of which day they are.
CREATE TABLE score_run (
    institution_id int         NOT NULL REFERENCES institution,
    wanted_by      text        NOT NULL,
    wanted_at      timestamptz NOT NULL,          -- business clock
    computed_on    date,                          -- NULL: not yet
    contacts       bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (institution_id)
);
CALL seal_silo('score_run');

CREATE TABLE score (
    institution_id int      NOT NULL,
    contact_id     bigint   NOT NULL,
    recency        smallint NOT NULL CHECK (recency BETWEEN 1 AND 5),
    frequency      smallint NOT NULL CHECK (frequency BETWEEN 1 AND 5),
    monetary       smallint NOT NULL CHECK (monetary BETWEEN 1 AND 5),
    PRIMARY KEY (institution_id, contact_id)
) WITH (fillfactor = 80);
CALL seal_silo('score');

GRANT SELECT, INSERT, UPDATE, DELETE ON score_run, score TO rappel_app;
