//! Leaves about computed values, places and other targets.

use crate::leaves::{Distance, Indicator, Membership, MembershipOp, PostalArea, PostalAreaOp, Score};
use crate::operators::{NumberOp, Numbers, ScoreOp, ScoreSpan};
use crate::words::speaker::Speaker;

impl Speaker<'_> {
    pub(super) fn indicator_name(&self, leaf: &Indicator) -> String {
        let (fields, name) = (&self.messages().field, self.names.indicator(&leaf.code));
        match &leaf.organisation {
            None => self.say(&fields.indicator, &[("name", name)]),
            Some(organisation) => {
                let filters = self.organisation(organisation);
                self.say(&fields.indicator_of, &[("name", name), ("filters", &filters)])
            }
        }
    }

    pub(super) fn indicator(&self, leaf: &Indicator) -> String {
        let field = self.indicator_name(leaf);
        let unreadable = || self.say(&self.messages().criterion_unreadable, &[("field", &field)]);
        self.untyped(&field, &leaf.op).unwrap_or_else(unreadable)
    }

    pub(super) fn postal_area(&self, leaf: &PostalArea) -> String {
        let messages = &self.messages().postal_area;
        let (message, areas) = match &leaf.op {
            PostalAreaOp::AnyOf(areas) => (&messages.any_of, self.one_of(&self.quoted(areas))),
            PostalAreaOp::NoneOf(areas) => (&messages.none_of, self.enumerated(&self.quoted(areas))),
        };
        self.say(message, &[("country", &leaf.country), ("areas", &areas)])
    }

    pub(super) fn distance_name(&self, leaf: &Distance) -> String {
        let slots =
            [("postal_code", leaf.from.postal_code.as_str()), ("country", leaf.from.country.as_str())];
        let place = self.say(&self.messages().form.place, &slots);
        self.say(&self.messages().field.distance, &[("place", &place)])
    }

    pub(super) fn distance(&self, leaf: &Distance) -> String {
        let kilometres =
            |km| self.say(&self.messages().form.kilometres, &[("number", self.number(km).as_str())]);
        self.measured(&self.distance_name(leaf), &leaf.op, kilometres)
    }

    pub(super) fn score(&self, leaf: &Score) -> String {
        let field = self.say(self.messages().field.score.of(leaf.of), &[]);
        let number = |score: i16| f64::from(score);
        let op = match leaf.op {
            ScoreOp::Equals(score) => NumberOp::Equals(number(score)),
            ScoreOp::AtLeast(score) => NumberOp::AtLeast(number(score)),
            ScoreOp::AtMost(score) => NumberOp::AtMost(number(score)),
            ScoreOp::Between(ScoreSpan { from, until }) => {
                NumberOp::Between(Numbers { from: number(from), until: number(until) })
            }
            ScoreOp::IsMissing(stated) => NumberOp::IsMissing(stated),
            ScoreOp::IsPresent(stated) => NumberOp::IsPresent(stated),
        };
        self.numeric(&field, &op)
    }

    pub(super) fn membership(&self, leaf: &Membership) -> String {
        let messages = &self.messages().membership;
        let (message, code) = match &leaf.op {
            MembershipOp::In(code) => (&messages.within, code),
            MembershipOp::NotIn(code) => (&messages.outside, code),
        };
        self.say(message, &[("name", &self.quote(self.names.target(code)))])
    }

    pub(super) fn asked_of(&self, leaf: &Membership) -> String {
        let name = self.quote(self.names.target(leaf.target()));
        self.say(&self.messages().field.asked_of_target, &[("name", &name)])
    }
}
