-- $1, institution: a target that is asked whenever it is needed, and a list.
WITH saved AS (
    INSERT INTO target (institution_id, target_id, code, name, kind, version)
    OVERRIDING SYSTEM VALUE
    VALUES ($1, 1, 'faithful', 'The faithful', 0, 1), ($1, 2, 'press', 'Press and partners', 1, 2)
)
INSERT INTO target_version (institution_id, target_id, version, query, origin, made_at, made_by)
VALUES ($1, 1, 1, '{"all": [{"leaf": "activity", "kinds": ["sale"], "window": {"from": {"months_ago": 24}}, "count": {"at_least": 3}},
                            {"leaf": "identity", "field": "age", "at_least": 18}]}', 'its query', '2026-01-01', 'test'),
       ($1, 2, 2, NULL, 'a step of a waterfall', '2026-02-01', 'test')
