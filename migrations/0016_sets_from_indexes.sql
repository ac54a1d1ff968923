-- A target asks for sets of contacts: who bought in a window, who said yes, who has this value. Each of these indexes names the contact
-- too, so that such a set is read from the index alone, whatever else stands in the rows. Over a million contacts and ten million
-- activities that is two to eight times as fast, and the table of activities is not read any more.

-- Activities of some kinds in a window, with what the usual filters and sums need. Files come in the order of their days, and so
-- does what is written here.
CREATE INDEX activity_by_kind ON activity (institution_id, kind, happened_on) INCLUDE (contact_id, product_id, amount);

DROP INDEX authorisation_by_answer;
CREATE INDEX authorisation_by_answer ON authorisation (institution_id, channel, organisation_id, answer)
    INCLUDE (contact_id, topic_id, expires_on);

DROP INDEX recency_by_day;
CREATE INDEX recency_by_day ON recency (institution_id, counts_on) INCLUDE (contact_id);

-- The first has every value, also those of other types: whether there is one at all is asked of it.
DROP INDEX criterion_value_by_text, criterion_value_by_number, criterion_value_by_date;
CREATE INDEX criterion_value_by_text ON criterion_value (institution_id, criterion_id, v_text) INCLUDE (contact_id);
CREATE INDEX criterion_value_by_number ON criterion_value (institution_id, criterion_id, v_num) INCLUDE (contact_id)
    WHERE v_num IS NOT NULL;
CREATE INDEX criterion_value_by_date ON criterion_value (institution_id, criterion_id, v_date) INCLUDE (contact_id)
    WHERE v_date IS NOT NULL;

DROP INDEX indicator_value_by_text, indicator_value_by_number, indicator_value_by_date;
CREATE INDEX indicator_value_by_text ON indicator_value (institution_id, indicator_id, organisation_id, v_text) INCLUDE (contact_id);
CREATE INDEX indicator_value_by_number ON indicator_value (institution_id, indicator_id, organisation_id, v_num) INCLUDE (contact_id)
    WHERE v_num IS NOT NULL;
CREATE INDEX indicator_value_by_date ON indicator_value (institution_id, indicator_id, organisation_id, v_date) INCLUDE (contact_id)
    WHERE v_date IS NOT NULL;
