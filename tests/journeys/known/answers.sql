SELECT format('%s: channel %s, answer %s, proof %s, until %s', c.external_id, a.channel, a.answer, a.proof, a.expires_on)
FROM authorisation a
JOIN institution i USING (institution_id)
JOIN contact c USING (institution_id, contact_id)
WHERE i.code = $1
ORDER BY 1
