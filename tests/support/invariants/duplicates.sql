SELECT format('%s (launch %s, contact %s): %s times', message_id, min(occurrence_id), min(contact_id), count(*))
FROM sink
GROUP BY message_id
HAVING count(*) > 1
