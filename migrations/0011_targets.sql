-- Saved targets: queries with a name, and frozen lists with their history.

CREATE TABLE target (
    institution_id int         NOT NULL REFERENCES institution,
    target_id      int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    code           text        NOT NULL,          -- how others name it
    name           text        NOT NULL,          -- for people
    kind           smallint    NOT NULL,          -- model TargetKind; never changes
    version        int         NOT NULL,          -- the one in force
    archived_at    timestamptz,                   -- business clock; nothing names an archived target, and its code is free again
    PRIMARY KEY (institution_id, target_id)
);
CREATE UNIQUE INDEX target_in_use ON target (institution_id, code) WHERE archived_at IS NULL;
CALL seal_silo('target');

-- What a target asked, from one version to the next: a launch of last year is explained by the query of last year.
CREATE TABLE target_version (
    institution_id int         NOT NULL,
    target_id      int         NOT NULL,
    version        int         NOT NULL,
    query          jsonb,                         -- NULL: frozen from something that cannot be asked again
    origin         text        NOT NULL,          -- what the list was made of, for people
    members        bigint,                        -- of a static target; with those who came and went
    added          bigint,
    removed        bigint,
    made_at        timestamptz NOT NULL,          -- business clock
    made_by        text        NOT NULL,
    PRIMARY KEY (institution_id, target_id, version)
);
CALL seal_silo('target_version');

-- Who is in a static target, and was: from one version until the version in which the contact is missing.
CREATE TABLE target_member (
    institution_id int         NOT NULL,
    contact_id     bigint      NOT NULL,
    target_id      int         NOT NULL,
    from_version   int         NOT NULL,
    until_version  int,                           -- NULL: still in it
    PRIMARY KEY (institution_id, contact_id, target_id, from_version)
);
CREATE INDEX target_member_now ON target_member (institution_id, target_id, contact_id) WHERE until_version IS NULL;
CALL seal_silo('target_member');

GRANT SELECT, INSERT, UPDATE ON target, target_version TO rappel_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON target_member TO rappel_app;

-- Kilometres between two points of the globe: model::place::Coordinates::km_to (a test compares the two).
CREATE FUNCTION km_between(from_latitude float8, from_longitude float8, latitude float8, longitude float8)
    RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 2 * 6371.0088 * asin(sqrt(least(1,
        power(sin(radians(latitude - from_latitude) / 2), 2)
        + cos(radians(from_latitude)) * cos(radians(latitude)) * power(sin(radians(longitude - from_longitude) / 2), 2))));
