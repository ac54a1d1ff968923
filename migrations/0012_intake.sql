-- What comes in by file beside the file of contacts itself: where postal codes lie, and what other systems compute.

-- One postal code of a country and the point that stands for it; WGS 84, degrees. Of no source: a postal code lies where it lies.
CREATE TABLE place (
    institution_id int         NOT NULL REFERENCES institution,
    country        text        NOT NULL COLLATE "C", -- ISO 3166, two capitals
    postal_code    text        NOT NULL COLLATE "C", -- as contacts have it
    latitude       float8      NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude      float8      NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    as_of          timestamptz NOT NULL,
    content_hash   bigint      NOT NULL,
    PRIMARY KEY (institution_id, country, postal_code)
);
CALL seal_silo('place');

-- What a source computes about contacts: a number, a date or a text. Of no source, like criteria.
CREATE TABLE indicator (
    institution_id int         NOT NULL REFERENCES institution,
    indicator_id   int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    code           text        NOT NULL,
    name           text        NOT NULL,
    value_type     smallint    NOT NULL,          -- model IndicatorType; never changes
    as_of          timestamptz NOT NULL,
    content_hash   bigint      NOT NULL,
    PRIMARY KEY (institution_id, indicator_id),
    UNIQUE (institution_id, code)
);
CALL seal_silo('indicator');

-- One value of an indicator about a contact; exactly one of the three columns has it. No row is "missing".
CREATE TABLE indicator_value (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    indicator_id    int         NOT NULL,
    organisation_id int         NOT NULL,         -- 0: computed for the institution
    v_text          text COLLATE "C",             -- normalised, what comparisons use
    v_num           float8,
    v_date          date,
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, contact_id, indicator_id, organisation_id),
    CHECK (num_nonnulls(v_text, v_num, v_date) <= 1)
);
CREATE INDEX indicator_value_by_text ON indicator_value (institution_id, indicator_id, organisation_id, v_text)
    WHERE v_text IS NOT NULL;
CREATE INDEX indicator_value_by_number ON indicator_value (institution_id, indicator_id, organisation_id, v_num)
    WHERE v_num IS NOT NULL;
CREATE INDEX indicator_value_by_date ON indicator_value (institution_id, indicator_id, organisation_id, v_date)
    WHERE v_date IS NOT NULL;
CALL seal_silo('indicator_value');

-- A value that was removed: as of when, so that an earlier file that comes late does not bring it back.
CREATE TABLE indicator_removal (
    institution_id  int         NOT NULL,
    contact_id      bigint      NOT NULL,
    indicator_id    int         NOT NULL,
    organisation_id int         NOT NULL,
    as_of           timestamptz NOT NULL,
    content_hash    bigint      NOT NULL,
    PRIMARY KEY (institution_id, contact_id, indicator_id, organisation_id)
);
CALL seal_silo('indicator_removal');

GRANT SELECT, INSERT, UPDATE, DELETE ON place, indicator, indicator_value, indicator_removal TO rappel_app;

-- How the files of another system are read (intake::MappingFile), under the name that the institution gave it.
CREATE TABLE import_mapping (
    institution_id int         NOT NULL REFERENCES institution,
    name           text        NOT NULL,
    body           text        NOT NULL,          -- as it was written
    saved_at       timestamptz NOT NULL,          -- business clock
    PRIMARY KEY (institution_id, name)
);
CALL seal_silo('import_mapping');

-- A file of a watched folder, from its first attempt until it was moved away (store::import::watched).
CREATE TABLE watched_file (
    institution_id int         NOT NULL REFERENCES institution,
    file_id        bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    mapping        text        NOT NULL,
    content_hash   bytea       NOT NULL,          -- SHA-256 of its octets
    file_name      text        NOT NULL,
    as_of          timestamptz NOT NULL,          -- business time of the first attempt, and of all others
    runs           uuid[]      NOT NULL DEFAULT '{}', -- one for each attempt
    outcome        smallint,                      -- store::import::watched::Outcome; NULL: not imported to its end
    moved_to       text,                          -- its name in done/ or failed/, set with the outcome
    report         text,                          -- set with the outcome; JSON, as it stands beside the file
    settled        boolean     NOT NULL DEFAULT false, -- nothing more is to be done about it
    PRIMARY KEY (institution_id, file_id),
    CHECK (num_nulls(outcome, moved_to, report) IN (0, 3))
);
CREATE UNIQUE INDEX watched_file_on_its_way ON watched_file (institution_id, mapping, content_hash, file_name) WHERE NOT settled;
CREATE INDEX watched_file_by_mapping ON watched_file (institution_id, mapping, file_id);
CALL seal_silo('watched_file');

GRANT SELECT, INSERT, UPDATE, DELETE ON import_mapping, watched_file TO rappel_app;

CREATE OR REPLACE PROCEDURE refresh_statistics(part text) LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF part = 'file' THEN
        ANALYZE contact, criterion_value, indicator_value, place, product, order_line, activity, recency,
                consent_record, authorisation, address, gate, gate_scope;
    ELSIF part = 'ledger' THEN
        ANALYZE launch, message;
    ELSE
        RAISE EXCEPTION 'there are no statistics of %', part;
    END IF;
END $$;
