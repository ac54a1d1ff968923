-- The audience of a campaign: several targets and exclusions, frequency caps, holdouts, and what a launch was reviewed and confirmed
-- by.

-- Reasons have numbers for good; the order of the rules is model::permission::Reason's. A new reason comes last here.
CREATE OR REPLACE FUNCTION reason_bit(reason text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 << array_position(ARRAY[
        'anonymised', 'restricted', 'suppressed', 'general_refusal', 'channel_refusal', 'under_age', 'retention_passed',
        'consent_expired', 'no_consent', 'no_address', 'address_invalid', 'preconditions', 'frequency_cap', 'holdout',
        'same_address', 'excluded_target'], reason) - 1;

ALTER TABLE launch
    -- Targets and exclusions by name, when there are several; NULL: `query` is the only one. `query` is always whom it is for.
    ADD COLUMN targets         jsonb,
    -- The frequency cap then in force; the claim asks for it and for the one in force then.
    ADD COLUMN cap_messages    smallint,
    ADD COLUMN cap_days        smallint,
    ADD COLUMN holdout_name    text,
    ADD COLUMN holdout_percent smallint,
    ADD COLUMN reviewed        bigint,            -- how many somebody saw when the campaign was reviewed
    ADD COLUMN confirmed       bigint,            -- the number that was typed to launch
    ADD CHECK ((cap_messages IS NULL) = (cap_days IS NULL)),
    ADD CHECK ((holdout_name IS NULL) = (holdout_percent IS NULL));

-- Launches whose messages may count against a cap: no message leaves after its launch expired. Purpose 0 is marketing.
CREATE INDEX launch_of_marketing ON launch (institution_id, channel, expires_at) WHERE purpose = 0;

ALTER TABLE message
    ADD COLUMN targets    int,                    -- bit n: in the launch's n-th target, counted from 0; NULL: in the first alone
    ADD COLUMN exclusions int;                    -- bit n: in its n-th exclusion; bit 15 + n: unknown whether; NULL: in none

-- How many marketing messages a contact gets on a channel. The last row is in force; the others say what was.
CREATE TABLE frequency_cap (
    institution_id int         NOT NULL REFERENCES institution,
    channel        smallint    NOT NULL,
    cap_no         int         NOT NULL GENERATED ALWAYS AS IDENTITY,
    messages       smallint    CHECK (messages > 0), -- NULL: from here on there is none
    days           smallint    CHECK (days > 0),
    set_at         timestamptz NOT NULL,          -- business clock
    set_by         text        NOT NULL,
    PRIMARY KEY (institution_id, channel, cap_no),
    CHECK ((messages IS NULL) = (days IS NULL))
);
CALL seal_silo('frequency_cap');

GRANT SELECT, INSERT ON frequency_cap TO rappel_app;
