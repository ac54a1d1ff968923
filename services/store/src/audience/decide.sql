-- Everybody whom a target matches, with one decision each: model::permission::blocks over rows.
-- $1 institution, $2 channel, $3 organisation, $4 topic, $5 purpose, $6 what unset means, $7 today, $8 first day kept,
-- $9 and $10 the renewal window, $11 the reasons that the purpose minds, $12 a bit for each exclusion,
-- $13 the most messages that a frequency cap allows, $14 the instant after which they count, $15 the buckets that are held out.
-- A rule that does not apply has NULL: nothing is read for it then.
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
), capped AS (
    -- Enough marketing (purpose 0) that was taken (2), may have been (4), or is still on its way (0).
    SELECT contact_id
    FROM message
    WHERE $13::bigint IS NOT NULL
      AND institution_id = $1
      AND occurrence_id = ANY (ARRAY(
          SELECT occurrence_id
          FROM launch
          WHERE institution_id = $1
            AND channel = $2
            AND purpose = 0
            AND expires_at > $14
      ))
      AND channel = $2
      AND (state IN (2, 4) AND ended_at > $14 OR state = 0)
    GROUP BY contact_id
    HAVING count(*) >= $13
), held_out AS (
    SELECT contact_id
    FROM contact
    WHERE $15::smallint[] IS NOT NULL
      AND institution_id = $1
      AND bucket = ANY ($15)
), asked AS (
    SELECT g.contact_id,
           g.address_hash,
           r.counts_on,
           m.targets,
           -- Whoever is not known to stand outside of an exclusion is left out by it.
           m.held | (($12 & ~(m.held | m.clear)) << 15) AS exclusions,
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
           | CASE WHEN m.clear <> $12 THEN reason_bit('excluded_target') ELSE 0 END
           | CASE WHEN p.contact_id IS NOT NULL THEN reason_bit('frequency_cap') ELSE 0 END
           | CASE WHEN h.contact_id IS NOT NULL THEN reason_bit('holdout') ELSE 0 END
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
    LEFT JOIN capped p
      ON p.contact_id = g.contact_id
    LEFT JOIN held_out h
      ON h.contact_id = g.contact_id
), decided AS (
    SELECT contact_id,
           address_hash,
           counts_on,
           targets,
           exclusions,
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
           targets,
           exclusions,
           proof,
           CASE WHEN blocks = 0 AND row_number() OVER (PARTITION BY address_hash, blocks = 0 ORDER BY proof DESC, contact_id) > 1
                THEN reason_bit('same_address') ELSE blocks END AS blocks
    FROM decided
)
