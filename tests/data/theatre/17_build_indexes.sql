DO $$
DECLARE
    one record;
BEGIN
    SET LOCAL maintenance_work_mem = '512MB';
    FOR one IN SELECT * FROM set_aside LOOP
        IF one.key IS NULL THEN
            EXECUTE one.definition;
        ELSE
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %s %s', one.of_table, one.name, one.key);
        END IF;
    END LOOP;
    DROP TABLE set_aside;
END $$
