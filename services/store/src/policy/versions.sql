-- $1 institution. Every version, the latest first, and the pack under which it stands.
SELECT p.version, p.since, p.unset_email, p.unset_sms, p.unset_phone, p.unset_post, p.unset_reason, p.retention_months, p.consent_age,
       p.click_tracking, p.changed_by, p.why, i.pack
FROM policy p
JOIN institution i
  ON i.institution_id = p.institution_id
WHERE p.institution_id = $1
ORDER BY p.version DESC
