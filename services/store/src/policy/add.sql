-- $1 institution, $2 version, $3 since, $4 to $7 what unset means on email, sms, phone and post, $8 reason, $9 months,
-- $10 age of consent, $11 click tracking, $12 who, $13 why. Two who change it at once both write the same version: one is refused.
INSERT INTO policy
    (institution_id, version, since, unset_email, unset_sms, unset_phone, unset_post, unset_reason, retention_months, consent_age,
     click_tracking, changed_by, why)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
