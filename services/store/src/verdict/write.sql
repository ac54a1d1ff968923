-- $1 institution, $2 contact, and per hit: $3 spool, $4 offset, $5 verdict, $6 reasons, $7 version of the rules; $8 business now.
UPDATE hit h
SET verdict = w.verdict,
    reasons = w.reasons,
    rule_version = w.rule_version,
    judged_at = $8
FROM unnest($3::uuid[], $4::bigint[], $5::smallint[], $6::int[], $7::smallint[])
    AS w (spool_id, spool_offset, verdict, reasons, rule_version)
WHERE h.institution_id = $1
  AND h.contact_id = $2
  AND h.spool_id = w.spool_id
  AND h.spool_offset = w.spool_offset
