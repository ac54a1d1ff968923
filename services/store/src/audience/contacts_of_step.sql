-- $16 the reasons that must be given, $17 those that must not.
SELECT contact_id
FROM audience
WHERE blocks & $16 = $16
  AND blocks & $17 = 0
