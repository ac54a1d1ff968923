-- $1 institution.
INSERT INTO topic (institution_id, topic_id, organisation_id, code)
OVERRIDING SYSTEM VALUE
VALUES ($1, 1, 0, 'news'), ($1, 2, 1, 'premieres'), ($1, 3, 2, 'jazz'), ($1, 4, 4, 'families')
