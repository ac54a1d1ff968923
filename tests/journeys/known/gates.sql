SELECT format('%s: blocks %s, proof %s until %s, of age %s, suppressed %s; at %s: %s, %s, %s, %s', c.external_id, g.blocks, g.proof, g.consent_until,
              g.of_age_on, g.suppressed_until, o.external_id, s.blocks, s.proof, s.consent_until, s.soft_opt_in)
FROM gate g
JOIN institution i USING (institution_id)
JOIN contact c USING (institution_id, contact_id)
LEFT JOIN gate_scope s USING (institution_id, contact_id, channel)
LEFT JOIN organisation o ON o.institution_id = s.institution_id AND o.organisation_id = s.organisation_id
WHERE i.code = $1
ORDER BY 1
