-- $1 institution, $2 contacts. The current answer of each scope (design, section 5; model::answer states the same rule).
-- A no stands until a proven yes that happened later. A yes stands until a later no or unset.
-- An unset can only restrict: it ends a yes and never a no. A claimed yes is not looked at.
-- A snapshot that said the same again makes its record stand as if it had been given then (consent_repeat).
-- One pass over the records of each scope: a join of them with their own maxima is planned for ten contacts, and comes with thousands.
WITH record AS (
    SELECT r.contact_id, r.organisation_id, r.topic_id, r.channel, r.answer, r.proof, r.channels, r.expires_on, r.record_id, r.wording_id,
           greatest(r.happened_at, s.said_at) AS at
    FROM consent_record r
    LEFT JOIN consent_repeat s
      ON s.institution_id = $1
     AND s.contact_id = r.contact_id
     AND s.record_id = r.record_id
    WHERE r.institution_id = $1
      AND r.contact_id = ANY ($2)
), beside_latest AS (
    SELECT *,
           max(at) FILTER (WHERE answer = 2) OVER scope AS no_at,
           max(at) FILTER (WHERE answer = 1 AND proof = 2) OVER scope AS proven_at,
           max(at) FILTER (WHERE answer = 1 AND proof >= 1) OVER scope AS yes_at,
           max(at) FILTER (WHERE answer = 0) OVER scope AS unset_at
    FROM record
    WINDOW scope AS (PARTITION BY contact_id, organisation_id, topic_id, channel)
)
INSERT INTO authorisation
    (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, expires_on, happened_at, record_id,
     wording_id)
SELECT DISTINCT ON (contact_id, organisation_id, topic_id, channel)
       $1, contact_id, organisation_id, topic_id, channel, answer, proof, channels, expires_on, at, record_id,
       wording_id
FROM beside_latest
WHERE CASE WHEN no_at IS NOT NULL AND (proven_at IS NULL OR no_at >= proven_at) THEN answer = 2 AND at = no_at
           ELSE answer = 1 AND proof >= 1 AND at = yes_at AND (unset_at IS NULL OR at > unset_at)
      END
ORDER BY contact_id, organisation_id, topic_id, channel, proof DESC, record_id
