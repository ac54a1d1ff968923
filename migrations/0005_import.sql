-- Runs of `rappel import`, and rows whose parent has not come yet.

-- What a row of a file means beside the stored version of the same record, if any. The order of the cases is the rule:
-- what cannot be right is rejected; what is not newer changes nothing ("confirmed" only moves as_of); then parents are asked for.
CREATE FUNCTION import_outcome(flaw text, missing text, old_as_of timestamptz, old_hash bigint, new_as_of timestamptz, new_hash bigint)
    RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN flaw IS NOT NULL THEN 'rejected'
        WHEN old_hash = new_hash THEN CASE WHEN new_as_of > old_as_of THEN 'confirmed' ELSE 'unchanged' END
        WHEN old_as_of > new_as_of OR old_as_of = new_as_of AND old_hash > new_hash THEN 'unchanged'
        WHEN missing IS NOT NULL THEN 'waiting'
        WHEN old_hash IS NULL THEN 'new'
        ELSE 'changed'
    END;

CREATE TABLE import_run (
    institution_id int         NOT NULL REFERENCES institution,
    run_id         uuid        NOT NULL,
    kind           text        NOT NULL,
    source         text        NOT NULL,
    file_name      text        NOT NULL,
    as_of          timestamptz NOT NULL,
    -- read = new + changed + unchanged + waiting + rejected
    rows_read      bigint      NOT NULL DEFAULT 0,
    rows_new       bigint      NOT NULL DEFAULT 0,
    rows_changed   bigint      NOT NULL DEFAULT 0,
    rows_unchanged bigint      NOT NULL DEFAULT 0,
    rows_waiting   bigint      NOT NULL DEFAULT 0,
    rows_rejected  bigint      NOT NULL DEFAULT 0,
    started_at     timestamptz NOT NULL,          -- machine clock
    ended_at       timestamptz,                   -- NULL: running, or interrupted and safe to run again
    PRIMARY KEY (institution_id, run_id)
);
CALL seal_silo('import_run');

-- A parsed row that names an organisation, contact, product, wording or collection point which is not there yet.
CREATE TABLE waiting_row (
    institution_id int         NOT NULL,
    kind           text        NOT NULL,
    row_id         uuid        NOT NULL,          -- hash of (kind, source, external id); of an answer, of its content
    run_id         uuid        NOT NULL,          -- the run that read it
    source         text        NOT NULL,
    parent_kind    text        NOT NULL,
    parent_id      text        NOT NULL,          -- external id of the missing parent, same source
    as_of          timestamptz NOT NULL,
    content_hash   bigint      NOT NULL,
    body           jsonb       NOT NULL,          -- the row as it was staged (store/src/import/*/incoming.sql)
    PRIMARY KEY (institution_id, kind, row_id)
);
CREATE INDEX waiting_row_by_parent ON waiting_row (institution_id, parent_kind, source, parent_id);
CALL seal_silo('waiting_row');

-- A state snapshot that says the same again adds no evidence: the record then stands as if it had been given at said_at.
CREATE TABLE consent_repeat (
    institution_id int         NOT NULL,
    contact_id     bigint      NOT NULL,
    record_id      uuid        NOT NULL,
    said_at        timestamptz NOT NULL,          -- as_of of the last snapshot that repeated it
    PRIMARY KEY (institution_id, contact_id, record_id)
);
CALL seal_silo('consent_repeat');

GRANT SELECT, INSERT, UPDATE, DELETE ON import_run, waiting_row, consent_repeat TO rappel_app;
