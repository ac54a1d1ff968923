//! What may differ between facts that were stored and the same facts read back.

use audience::{ContactFacts, CriterionFact, IndicatorFact};
use model::text::normalise_text;

/// `facts` as the database gives them back: criteria are stored in the form in which they are compared, facts in no order.
pub fn as_stored(mut facts: ContactFacts) -> ContactFacts {
    for value in facts.criteria.values_mut() {
        match value {
            CriterionFact::Text(text) => *text = normalise_text(text),
            CriterionFact::Codes(codes) => *codes = codes.iter().map(|code| normalise_text(code)).collect(),
            CriterionFact::Number(_) | CriterionFact::Date(_) | CriterionFact::YesNo(_) => {}
        }
    }
    for value in facts.indicators.values_mut() {
        if let IndicatorFact::Text(text) = value {
            *text = normalise_text(text);
        }
    }
    in_order(facts)
}

/// Facts of the same kind in an order that both sides can be brought into.
pub fn in_order(mut facts: ContactFacts) -> ContactFacts {
    facts.activities.sort_by_key(|fact| format!("{fact:?}"));
    facts.order_lines.sort_by_key(|fact| format!("{fact:?}"));
    facts.messages.sort_by_key(|fact| fact.occurrence);
    facts
}
