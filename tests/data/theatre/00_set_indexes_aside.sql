-- The rows of large tables are written before their indexes, which are built at the end as a REINDEX would.
DO $$
DECLARE
    one record;
BEGIN
    CREATE TABLE set_aside AS
    SELECT i.indrelid::regclass::text AS of_table, i.indexrelid::regclass::text AS name,
           pg_get_indexdef(i.indexrelid) AS definition, pg_get_constraintdef(k.oid) AS key
    FROM pg_index i
    LEFT JOIN pg_constraint k
      ON k.conindid = i.indexrelid
    WHERE i.indrelid = ANY ('{contact, activity, order_line, criterion_value, message, hit}'::regclass[]);
    FOR one IN SELECT * FROM set_aside LOOP
        IF one.key IS NULL THEN
            EXECUTE format('DROP INDEX %s', one.name);
        ELSE
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %s', one.of_table, one.name);
        END IF;
    END LOOP;
END $$
