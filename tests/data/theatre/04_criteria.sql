-- $1 institution. One of every type.
INSERT INTO criterion (institution_id, criterion_id, code, name, value_type, choices, as_of, content_hash)
OVERRIDING SYSTEM VALUE
VALUES ($1, 1, 'profession', 'Profession', 0, '{}', '2026-01-01', 0),
       ($1, 2, 'household', 'People in the household', 1, '{}', '2026-01-01', 0),
       ($1, 3, 'friend_since', 'Friend of the house since', 2, '{}', '2026-01-01', 0),
       ($1, 4, 'wheelchair', 'Comes in a wheelchair', 3, '{}', '2026-01-01', 0),
       ($1, 5, 'subscription', 'Subscription', 4, '{full, choice, youth}', '2026-01-01', 0),
       ($1, 6, 'interests', 'Interests', 5, '{theatre, concert, dance, opera, children, exhibition, workshop, cinema}',
        '2026-01-01', 0)
