-- States of a message: 0 planned, 1 excluded, 2 accepted, 3 failed, 4 unknown, 5 cancelled, 6 expired (delivery 2.1).
-- States of a launch: 0 running, 1 paused, 2 cancelling, 3 cancelled, 4 done (store::control).
-- Ends of an attempt: the first one stands, but for evidence on unknown (4).
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'message' THEN
            IF NOT (OLD.state = 0 OR OLD.state = 4 AND NEW.state IN (2, 3)) THEN
                INSERT INTO unlawful VALUES (format('message of contact %s: %s to %s', NEW.contact_id, OLD.state, NEW.state));
            END IF;
        WHEN 'launch' THEN
            IF (OLD.state, NEW.state) NOT IN ((0, 1), (1, 0), (0, 2), (1, 2), (2, 3), (0, 4)) THEN
                INSERT INTO unlawful VALUES (format('launch %s: %s to %s', NEW.occurrence_id, OLD.state, NEW.state));
            END IF;
        ELSE
            IF NOT (OLD.outcome = 4 AND NEW.outcome IN (1, 3)) THEN
                INSERT INTO unlawful
                VALUES (format('attempt %s of contact %s: %s to %s', NEW.attempt_no, NEW.contact_id, OLD.outcome, NEW.outcome));
            END IF;
    END CASE;
    RETURN NULL;
END $$
