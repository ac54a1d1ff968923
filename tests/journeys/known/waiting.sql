SELECT format('%s waits for %s %s, as of %s', w.kind, w.parent_kind, w.parent_id, w.as_of)
FROM waiting_row w
JOIN institution i USING (institution_id)
WHERE i.code = $1
ORDER BY 1
