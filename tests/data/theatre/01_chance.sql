-- A number from 0 to 1 that looks random and is the same in every run.
CREATE OR REPLACE FUNCTION chance(id bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(id, salt) & 2147483647)::float8 / 2147483648::float8
