-- The steps of an attempt, row by row by the whole primary key. As statements over sets they had a plan for the number of rows
-- that the tables held when the plan was made: outbox and attempt are empty then and large soon after, and a claim of a hundred
-- messages read the outbox of the whole institution. A row by its key has one plan, whatever the statistics say; without
-- sequential scans also while a table is still one page. They run with the rights of the caller, within his silo.

-- Leases for those whom nobody else holds; one attempt each. claimed_at is read after the gates were locked, by an earlier
-- statement. Contacts come in the order of their ids, as in every claim; the sweeper waits for nobody.
CREATE FUNCTION lease_messages(institution int, occurrence int, sent_on smallint, contacts bigint[], hashes bytea[], token uuid, worker uuid)
RETURNS TABLE (leased bigint, attempt smallint) LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    one   record;
    stamp timestamptz;
BEGIN
    FOR one IN SELECT * FROM unnest(contacts, hashes) AS u (contact, hash) LOOP
        UPDATE outbox
        SET claim_token = token, claimed_at = clock_timestamp(), worker_id = worker, attempts = attempts + 1
        WHERE institution_id = institution AND occurrence_id = occurrence AND contact_id = one.contact AND channel = sent_on
          AND claim_token IS NULL
        RETURNING attempts, claimed_at INTO attempt, stamp;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO attempt
            (institution_id, occurrence_id, contact_id, channel, attempt_no, claim_token, worker_id, address_hash, claimed_at)
        VALUES (institution, occurrence, one.contact, sent_on, attempt, token, worker, one.hash, stamp);
        leased := one.contact;
        RETURN NEXT;
    END LOOP;
END $$;

-- Final states for messages that were never sent. A message that is final already only loses its left-over outbox row.
CREATE FUNCTION end_unsent(institution int, occurrence int, sent_on smallint, contacts bigint[], states smallint[], blocks int[], business_now timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM unnest(contacts, states, blocks) AS u (contact, state, blocks) LOOP
        DELETE FROM outbox
        WHERE institution_id = institution AND occurrence_id = occurrence AND contact_id = one.contact AND channel = sent_on
          AND claim_token IS NULL;
        CONTINUE WHEN NOT FOUND;
        UPDATE message
        SET state = one.state, blocks_claim = nullif(one.blocks, 0), ended_at = business_now
        WHERE institution_id = institution AND occurrence_id = occurrence AND contact_id = one.contact AND channel = sent_on
          AND state = 0;
        IF FOUND THEN
            RETURN NEXT one.contact;
        END IF;
    END LOOP;
END $$;

-- The ends of attempts, as their worker or a successor reports them. With a state the message is final; without one it waits
-- until it is due. The attempt decides: one that has ended already is returned to nobody and changes nothing.
CREATE FUNCTION end_attempts(institution int, occurrences int[], contacts bigint[], channels smallint[], numbers smallint[],
                             tokens uuid[], outcomes smallint[], codes smallint[], enhanced_codes text[], faults smallint[],
                             states smallint[], dues timestamptz[], all_deferrals smallint[], all_releases smallint[],
                             business_now timestamptz)
RETURNS TABLE (occurrence int, contact bigint, hash bytea) LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT *
        FROM unnest(occurrences, contacts, channels, numbers, tokens, outcomes, codes, enhanced_codes, faults, states, dues,
                    all_deferrals, all_releases)
             AS u (occurrence, contact, channel, number, token, outcome, code, enhanced, fault, state, due, deferrals, releases)
    LOOP
        UPDATE attempt
        SET ended_at = clock_timestamp(), outcome = one.outcome, code = one.code, enhanced = one.enhanced, fault = one.fault
        WHERE institution_id = institution AND occurrence_id = one.occurrence AND contact_id = one.contact
          AND channel = one.channel AND attempt_no = one.number AND claim_token = one.token
          AND outcome IS NULL
        RETURNING address_hash INTO hash;
        CONTINUE WHEN NOT FOUND;
        IF one.state IS NULL THEN
            UPDATE outbox
            SET claim_token = NULL, claimed_at = NULL, worker_id = NULL, published_at = NULL,
                due_at = one.due, deferrals = one.deferrals, releases = one.releases
            WHERE institution_id = institution AND occurrence_id = one.occurrence AND contact_id = one.contact
              AND channel = one.channel AND claim_token = one.token;
        ELSE
            UPDATE message
            SET state = one.state, blocks_claim = 0, ended_at = business_now
            WHERE institution_id = institution AND occurrence_id = one.occurrence AND contact_id = one.contact
              AND channel = one.channel AND state = 0;
            DELETE FROM outbox
            WHERE institution_id = institution AND occurrence_id = one.occurrence AND contact_id = one.contact
              AND channel = one.channel AND claim_token = one.token;
        END IF;
        occurrence := one.occurrence;
        contact := one.contact;
        RETURN NEXT;
    END LOOP;
END $$;
