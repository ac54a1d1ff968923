-- needs: resolve.sql
-- $1 institution, $2 source.
INSERT INTO collection_point
    (institution_id, source, external_id, name, organisation_id, kind, policy_url, notice_version, as_of, content_hash)
SELECT $1, $2, external_id, name, organisation_id, kind, policy_url, notice_version, as_of, content_hash
FROM resolved
WHERE outcome IN ('new', 'changed', 'confirmed')
ON CONFLICT (institution_id, source, external_id)
DO UPDATE SET
    name = excluded.name,
    organisation_id = excluded.organisation_id,
    kind = excluded.kind,
    policy_url = excluded.policy_url,
    notice_version = excluded.notice_version,
    as_of = excluded.as_of,
    content_hash = excluded.content_hash
