-- Statistics that describe what was just written. Launching right after an import is the normal case, autovacuum comes up to a
-- minute later, and only an owner may ANALYZE: so the application calls this, which runs as the owner and takes no table name.
CREATE PROCEDURE refresh_statistics(part text) LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF part = 'file' THEN
        ANALYZE contact, criterion_value, product, order_line, activity, recency,
                consent_record, authorisation, address, gate, gate_scope;
    ELSIF part = 'ledger' THEN
        ANALYZE launch, message;
    ELSE
        RAISE EXCEPTION 'there are no statistics of %', part;
    END IF;
END $$;
REVOKE ALL ON PROCEDURE refresh_statistics FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE refresh_statistics TO rappel_app;
