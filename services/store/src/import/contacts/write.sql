-- needs: resolve.sql
-- $1 institution, $2 source. What the contact did elsewhere stays: public id, bucket, state, guardian's record.
WITH written AS (
    INSERT INTO contact
        (institution_id, public_id, source, external_id, kind, roles, first_name, last_name, first_name_key, last_name_key,
         birth_date, birthday, gender, language, email, email_key, mobile, street, postal_code, city, city_key, country,
         created_on, bucket, as_of, content_hash)
    SELECT $1, public_id, $2, external_id, kind, roles, first_name, last_name, first_name_key, last_name_key,
           birth_date, birthday, gender, language, email, email_key, mobile, street, postal_code, city, city_key, country,
           created_on, bucket, as_of, content_hash
    FROM resolved
    WHERE outcome IN ('new', 'changed', 'confirmed')
    ON CONFLICT (institution_id, source, external_id)
    DO UPDATE SET
        kind = excluded.kind,
        roles = excluded.roles,
        first_name = excluded.first_name,
        last_name = excluded.last_name,
        first_name_key = excluded.first_name_key,
        last_name_key = excluded.last_name_key,
        birth_date = excluded.birth_date,
        birthday = excluded.birthday,
        gender = excluded.gender,
        language = excluded.language,
        email = excluded.email,
        email_key = excluded.email_key,
        mobile = excluded.mobile,
        street = excluded.street,
        postal_code = excluded.postal_code,
        city = excluded.city,
        city_key = excluded.city_key,
        country = excluded.country,
        created_on = excluded.created_on,
        as_of = excluded.as_of,
        content_hash = excluded.content_hash
    RETURNING contact_id, external_id
)
UPDATE resolved r
SET contact_id = w.contact_id
FROM written w
WHERE r.contact_id IS NULL
  AND w.external_id = r.external_id
