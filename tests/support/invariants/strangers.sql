-- Ids count through all institutions, so a row that names somebody else's record joins two of them.
CREATE FUNCTION pg_temp.strangers() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    reference record;
BEGIN
    FOR reference IN
        SELECT c.table_name, c.column_name, parent.name AS parent
        FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        JOIN (VALUES ('contact'), ('organisation'), ('topic'), ('product'), ('criterion'), ('wording')) AS parent (name)
          ON c.column_name = parent.name || '_id'
        WHERE c.table_schema = 'public'
          AND t.table_type = 'BASE TABLE'
          AND c.table_name <> parent.name
        UNION ALL
        SELECT c.table_name, c.column_name, 'launch'
        FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.column_name = 'occurrence_id' AND c.table_name <> 'launch'
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT format(''%%s: %%s %%s is not of institution %%s'', %1$L, %2$L, r.%2$I, r.institution_id)
             FROM %1$I r
             WHERE r.%2$I <> 0 AND NOT EXISTS (
                 SELECT FROM %3$I p WHERE p.institution_id = r.institution_id AND p.%2$I = r.%2$I)
             LIMIT 5',
            reference.table_name, reference.column_name, reference.parent);
    END LOOP;
END $$
