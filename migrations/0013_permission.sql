-- What each institution chose within its country's pack, as dated versions: the last one is in force, and what was in force at a
-- past moment can be told. The limits of the pack themselves are data of the program (services/model/packs).
CREATE TABLE policy (
    institution_id   int         NOT NULL REFERENCES institution,
    version          int         NOT NULL,          -- from 1, without gaps
    since            timestamptz,                   -- business clock; NULL: from before there were versions
    -- What an unset answer means for marketing (model UnsetMeans). No default: it is chosen for each channel.
    unset_email      smallint    NOT NULL,
    unset_sms        smallint    NOT NULL,
    unset_phone      smallint    NOT NULL,
    unset_post       smallint    NOT NULL,
    -- The privacy officer's dated reason for refusals_only on email and SMS (design, section 2).
    unset_reason     text,
    retention_months int         NOT NULL CHECK (retention_months > 0),
    -- Under this age a guardian's record is needed; projected into the gates, and therefore not changed by a new version.
    consent_age      smallint    NOT NULL,
    click_tracking   smallint    NOT NULL,          -- model ClickTracking
    changed_by       text        NOT NULL,
    why              text        NOT NULL,
    PRIMARY KEY (institution_id, version),
    CHECK (unset_email <> 0 AND unset_sms <> 0 OR unset_reason IS NOT NULL)
);
CALL seal_silo('policy');
-- Versions are added and never changed.
GRANT SELECT, INSERT ON policy TO rappel_app;

-- What was chosen before goes on to hold. Until now nothing was sent but email: the other channels were explicit.
INSERT INTO policy
    (institution_id, version, since, unset_email, unset_sms, unset_phone, unset_post, unset_reason, retention_months, consent_age,
     click_tracking, changed_by, why)
SELECT institution_id, 1, NULL, unset_email, 2, 2, 2, unset_reason, retention_months, consent_age,
       click_tracking, 'migration', 'chosen when the institution was created'
FROM institution;

-- One place for each choice.
ALTER TABLE institution
    DROP COLUMN unset_email,
    DROP COLUMN unset_reason,
    DROP COLUMN retention_months,
    DROP COLUMN consent_age,
    DROP COLUMN click_tracking;

-- The wording that the current answer was given to, for targets; part of the projection, as the rest of the row.
-- `channel` holds any question (model Asked): 0 general, 1 to 4 a channel, 5 to 8 a use of data, which no gate minds.
ALTER TABLE authorisation ADD COLUMN wording_id int;
UPDATE authorisation a
SET wording_id = r.wording_id
FROM consent_record r
WHERE r.institution_id = a.institution_id
  AND r.contact_id = a.contact_id
  AND r.record_id = a.record_id;

-- A snapshot that says the same again makes its record stand until then. One row for each stretch of them without another answer
-- to the same question in between, so that what stood at a past moment can be told: between its two ends nothing else was known.
ALTER TABLE consent_repeat
    ADD COLUMN first_said_at    timestamptz,
    ADD COLUMN first_learned_at timestamptz,
    ADD COLUMN learned_at       timestamptz;
UPDATE consent_repeat SET first_said_at = said_at, first_learned_at = said_at, learned_at = said_at;
ALTER TABLE consent_repeat
    ALTER COLUMN first_said_at SET NOT NULL,
    ALTER COLUMN first_learned_at SET NOT NULL,
    ALTER COLUMN learned_at SET NOT NULL,
    DROP CONSTRAINT consent_repeat_pkey,
    ADD PRIMARY KEY (institution_id, contact_id, record_id, first_said_at);

-- What was refused through an address holds for everybody who has it: whoever asks why looks for it by the address.
CREATE INDEX consent_record_through ON consent_record (institution_id, address_hash) WHERE address_hash IS NOT NULL;
