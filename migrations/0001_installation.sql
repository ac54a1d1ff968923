-- What runs here, and for whom. Roles exist before this file runs (store::migrate creates them under an advisory lock).

CREATE TABLE installation (
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    mode            text    NOT NULL CHECK (mode IN ('production', 'demo', 'test')),
    -- Business clock = machine clock + this. Every scoped transaction reads it anew.
    clock_offset_us bigint  NOT NULL DEFAULT 0,
    -- Copied to the state folders of workers: a difference at start means that the database was restored.
    epoch           uuid    NOT NULL,
    CHECK (mode <> 'production' OR clock_offset_us = 0)
);

-- The data controller. Readable by every role, because a program must find its silo before it enters it; holds nothing personal.
CREATE TABLE institution (
    institution_id   int      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    public_id        uuid     NOT NULL UNIQUE,
    code             text     NOT NULL UNIQUE,
    name             text     NOT NULL,
    -- IANA name; every date of the institution is a date in this zone.
    zone             text     NOT NULL,
    -- Country pack with retention, age limit and caps on the policies below.
    pack             text     NOT NULL,
    -- What an unset answer means for marketing by email (model::vocabulary::UnsetMeans). No default: it is chosen.
    unset_email      smallint NOT NULL,
    -- Why refusals_only was chosen, with the date; required for it (design, section 2).
    unset_reason     text,
    retention_months int      NOT NULL CHECK (retention_months > 0),
    -- Under this age a guardian's record is needed; from the pack, may only be raised.
    consent_age      smallint NOT NULL,
    -- 0 unless_refused, 1 only_if_granted, 2 off.
    click_tracking   smallint NOT NULL,
    CHECK (unset_email <> 0 OR unset_reason IS NOT NULL)
);

GRANT SELECT ON installation, institution TO rappel_app, rappel_dispatcher;

-- The silo of the running transaction; NULL outside of one, and then no row is visible.
CREATE FUNCTION current_silo() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('rappel.institution', true), '')::int;

-- Seals one table. The sub-select makes the setting an init plan: read once a statement, not once a row.
CREATE PROCEDURE seal_silo(name regclass, roles text DEFAULT 'rappel_app') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY silo ON %s FOR ALL TO %s USING (institution_id = (SELECT current_silo()))
                    WITH CHECK (institution_id = (SELECT current_silo()))', name, roles);
END $$;
