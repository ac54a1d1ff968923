-- $1 institution, $2 first transaction, $3 first transaction after. Instants as microseconds, so that no format can change them.
SELECT record_id, salt, contact_id,
       organisation_id::bigint AS organisation_id,
       topic_id::bigint AS topic_id,
       channel::bigint AS channel,
       answer::bigint AS answer,
       proof::bigint AS proof,
       channels::bigint AS channels,
       wording_id::bigint AS wording_id,
       (extract(epoch FROM happened_at) * 1000000)::bigint AS happened_us,
       (extract(epoch FROM learned_at) * 1000000)::bigint AS learned_us,
       (extract(epoch FROM committed_at) * 1000000)::bigint AS committed_us,
       expires_on::text AS expires_on,
       origin, pointer,
       encode(address_hash, 'hex') AS address
FROM consent_record
WHERE institution_id = $1
  AND xid >= $2
  AND xid < $3
ORDER BY xid, seq
