-- needs: resolve.sql
-- $1 institution, $2 zone, $3 run, $4 learned at, $5 machine stamp. A no is taken as proven (design, section 5).
INSERT INTO consent_record
    (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, wording_id,
     happened_at, learned_at, expires_on, origin, pointer, committed_at, salt)
SELECT $1, r.contact_id, r.row_id, r.organisation_id, coalesce(t.topic_id, 0), r.channel, r.answer,
       CASE WHEN r.answer = 2 OR r.is_proven THEN 2 ELSE 0 END,
       CASE WHEN r.answer = 1 AND r.is_proven THEN r.channels ELSE 0 END,
       r.wording_id,
       coalesce(r.happened_at, r.as_of),
       $4,
       CASE WHEN r.answer = 1 THEN ((r.happened_at AT TIME ZONE $2) + make_interval(months => r.valid_months))::date END,
       'import',
       CASE WHEN r.is_event THEN concat_ws(' ', 'collection point', r.collection_point, 'form', r.form_id) ELSE $3 END,
       $5,
       r.salt
FROM resolved r
LEFT JOIN topic t
  ON t.institution_id = $1
 AND t.organisation_id = r.organisation_id
 AND t.code = r.topic
WHERE r.outcome = 'new'
