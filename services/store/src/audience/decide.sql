-- Everybody whom the target matches, with one decision each: model::permission::blocks over rows.
-- $1 institution, $2 channel, $3 organisation, $4 topic, $5 purpose, $6 what unset means, $7 today, $8 first day kept,
-- $9 and $10 the renewal window, $11 the reasons that the purpose minds.
WITH matching AS (
    {target}
), scope AS (
    SELECT contact_id,
           bit_or(blocks) & (reason_bit('general_refusal') | reason_bit('channel_refusal')) AS blocks,
           max(proof) FILTER (WHERE consent_until >= $7) AS standing,
           bool_or(consent_until IS NOT NULL) AS answered,
           bool_or(soft_opt_in) AS bought
    FROM gate_scope
    WHERE institution_id = $1
      AND channel = $2
      AND organisation_id IN (0, $3)
      AND topic_id IN (0, $4)
    GROUP BY contact_id
), asked AS (
    SELECT g.contact_id,
           g.address_hash,
           r.counts_on,
           greatest(s.standing, CASE WHEN g.consent_until >= $7 THEN g.proof END) AS standing,
           g.consent_until IS NOT NULL OR coalesce(s.answered, false) AS answered,
           -- A purchase speaks for marketing only, and only where the policy says so.
           $5::smallint = 0 AND $6::smallint = 1 AND coalesce(s.bought, false) AS bought,
           g.blocks
           | coalesce(s.blocks, 0)
           | CASE WHEN g.suppressed_until >= $7 THEN reason_bit('suppressed') ELSE 0 END
           | CASE WHEN g.of_age_on > $7 THEN reason_bit('under_age') ELSE 0 END
           -- Unknown recency passes for marketing and counts as passed for a renewal.
           | CASE WHEN coalesce(r.counts_on < $8, $5 = 1) THEN reason_bit('retention_passed') ELSE 0 END
           | CASE WHEN $5 = 1 AND (r.counts_on BETWEEN $9::date AND $10::date) IS NOT TRUE THEN reason_bit('preconditions') ELSE 0 END
           AS blocks
    FROM matching m
    JOIN gate g
      ON g.institution_id = $1
     AND g.contact_id = m.contact_id
     AND g.channel = $2
    LEFT JOIN scope s
      ON s.contact_id = g.contact_id
    LEFT JOIN recency r
      ON r.institution_id = $1
     AND r.contact_id = g.contact_id
), decided AS (
    SELECT contact_id,
           address_hash,
           counts_on,
           (CASE WHEN standing = 2 THEN 3 WHEN standing IS NOT NULL THEN 2 WHEN bought AND NOT answered THEN 1 ELSE 0 END)::smallint AS proof,
           (blocks
            | CASE WHEN standing IS NOT NULL THEN 0
                   WHEN answered THEN reason_bit('consent_expired')
                   WHEN bought THEN 0
                   ELSE reason_bit('no_consent') END) & $11 AS blocks
    FROM asked
), audience AS (
    -- One message per address: the contact with the better evidence, then the older one.
    SELECT contact_id,
           counts_on,
           proof,
           CASE WHEN blocks = 0 AND row_number() OVER (PARTITION BY address_hash, blocks = 0 ORDER BY proof DESC, contact_id) > 1
                THEN reason_bit('same_address') ELSE blocks END AS blocks
    FROM decided
)
