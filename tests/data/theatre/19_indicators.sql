-- $1, institution: what the ticketing system computes, one of every type; of the house, and of its first organisation.
INSERT INTO indicator (institution_id, indicator_id, code, name, value_type, as_of, content_hash)
OVERRIDING SYSTEM VALUE
VALUES ($1, 1, 'lifetime_value', 'Lifetime value', 0, '2026-01-01', 0),
       ($1, 2, 'next_visit', 'Expected next visit', 1, '2026-01-01', 0),
       ($1, 3, 'segment', 'Segment of the agency', 2, '2026-01-01', 0)
