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
