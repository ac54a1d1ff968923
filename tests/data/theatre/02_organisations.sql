-- $1 institution.
INSERT INTO organisation (institution_id, organisation_id, source, external_id, name, as_of, content_hash)
OVERRIDING SYSTEM VALUE
VALUES ($1, 1, 'ticketing', 'GRANDE', 'Grande salle', '2026-01-01', 0),
       ($1, 2, 'ticketing', 'STUDIO', 'Studio', '2026-01-01', 0),
       ($1, 3, 'ticketing', 'FESTIVAL', 'Festival d''été', '2026-01-01', 0),
       ($1, 4, 'ticketing', 'ECOLE', 'École du spectateur', '2026-01-01', 0)
