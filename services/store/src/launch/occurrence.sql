INSERT INTO launch
    (institution_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone, today,
     unset_means, content_id, sender, token_key, renewal_from, renewal_until, expires_at, state, launched_at, launched_by,
     targets, cap_messages, cap_days, holdout_name, holdout_percent, reviewed, confirmed, snapshot)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
        $28, $29, pg_current_snapshot()::text)
ON CONFLICT (institution_id, launch_key) DO NOTHING
RETURNING occurrence_id
