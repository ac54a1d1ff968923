//! What each leaf says: one function a leaf, and one list that the compiler holds complete.

mod facts;
mod named;

use super::days::{Happens, Tense};
use super::speaker::Speaker;
use crate::leaves::{
    ActivityOp, Authorisation, Bucket, BucketOp, Criterion, Identity, KindOp, Leaf, Part, Recency, Recorded,
    RoleOp,
};

impl Speaker<'_> {
    /// The leaf as a sentence about a contact, without a capital and a full stop.
    pub(super) fn leaf(&self, leaf: &Leaf) -> String {
        match leaf {
            Leaf::Identity(leaf) => self.identity(leaf),
            Leaf::Criterion(leaf) => self.criterion(leaf),
            Leaf::Authorisation(leaf) => self.authorisation(leaf),
            Leaf::Recency(leaf) => self.recency(leaf),
            Leaf::Activity(leaf) => self.activity(leaf),
            Leaf::OrderLine(leaf) => self.order_line(leaf),
            Leaf::Message(leaf) => self.message(leaf),
            Leaf::Bucket(leaf) => self.bucket(leaf),
            Leaf::Indicator(leaf) => self.indicator(leaf),
            Leaf::PostalArea(leaf) => self.postal_area(leaf),
            Leaf::Distance(leaf) => self.distance(leaf),
            Leaf::Membership(leaf) => self.membership(leaf),
            Leaf::Score(leaf) => self.score(leaf),
        }
    }

    /// What the leaf asks about, as the subject of a sentence; `None` when no contact can be without it.
    pub(super) fn subject(&self, leaf: &Leaf) -> Option<String> {
        let fields = &self.messages().field;
        match leaf {
            Leaf::Identity(leaf) => match leaf {
                Identity::Text { field, .. } => Some(self.say(fields.text(*field), &[])),
                Identity::Code { field, .. } => Some(self.say(fields.code(*field), &[])),
                Identity::Date { field, .. } => Some(self.say(fields.date(*field), &[])),
                Identity::Age { .. } | Identity::Birthday { .. } => Some(self.say(&fields.birth_date, &[])),
                Identity::Kind { .. } | Identity::Role { .. } => None,
            },
            Leaf::Criterion(leaf) => Some(self.criterion_name(leaf)),
            Leaf::Recency(leaf) => Some(self.recency_name(leaf)),
            Leaf::Indicator(leaf) => Some(self.indicator_name(leaf)),
            Leaf::PostalArea(_) => Some(self.say(&fields.postal_code, &[])),
            Leaf::Distance(leaf) => Some(self.distance_name(leaf)),
            Leaf::Membership(leaf) => Some(self.asked_of(leaf)),
            Leaf::Score(leaf) => Some(self.say(fields.score.of(leaf.of), &[])),
            Leaf::Activity(leaf) => match leaf.op {
                ActivityOp::First(_) => Some(self.first_activity(leaf)),
                ActivityOp::Last(_) => Some(self.last_activity(leaf)),
                ActivityOp::Has(_) | ActivityOp::HasNot(_) | ActivityOp::Count(_) | ActivityOp::Sum(_) => {
                    None
                }
            },
            Leaf::Authorisation(_) | Leaf::OrderLine(_) | Leaf::Message(_) | Leaf::Bucket(_) => None,
        }
    }

    fn criterion_name(&self, leaf: &Criterion) -> String {
        self.say(&self.messages().field.criterion, &[("name", self.names.criterion(&leaf.code))])
    }

    fn identity(&self, leaf: &Identity) -> String {
        let fields = &self.messages().field;
        match leaf {
            Identity::Text { field, op } => self.text(&self.say(fields.text(*field), &[]), op),
            Identity::Code { field, op } => self.code(&self.say(fields.code(*field), &[]), op),
            Identity::Date { field, op } => self.date(&self.say(fields.date(*field), &[]), op, Tense::OnFile),
            Identity::Age { op, .. } => self.age(op),
            Identity::Birthday { op, .. } => self.birthday(op),
            Identity::Kind { op, .. } => self.kind(op),
            Identity::Role { op, .. } => self.role(op),
        }
    }

    fn kind(&self, op: &KindOp) -> String {
        let kinds = &self.messages().kind;
        match op {
            KindOp::Equals(kind) => self.say(&kinds.of(*kind).is, &[]),
            KindOp::NotEquals(kind) => self.say(&kinds.of(*kind).is_not, &[]),
        }
    }

    fn role(&self, op: &RoleOp) -> String {
        let messages = &self.messages().role;
        let (message, role) = match op {
            RoleOp::Has(role) => (&messages.has, role),
            RoleOp::HasNot(role) => (&messages.has_not, role),
        };
        let role = self.quote(&self.say(messages.names.of(*role), &[]));
        self.say(message, &[("role", &role)])
    }

    fn criterion(&self, leaf: &Criterion) -> String {
        let field = self.criterion_name(leaf);
        let unreadable = || self.say(&self.messages().criterion_unreadable, &[("field", &field)]);
        self.untyped(&field, &leaf.op).unwrap_or_else(unreadable)
    }

    fn recency(&self, leaf: &Recency) -> String {
        self.date(&self.recency_name(leaf), &leaf.op, Tense::Event)
    }

    fn recency_name(&self, leaf: &Recency) -> String {
        let fields = &self.messages().field;
        match &leaf.organisation {
            None => self.say(&fields.recency, &[]),
            Some(name) => {
                let name = self.quote(self.names.organisation(name));
                self.say(&fields.activity_with, &[("name", &name)])
            }
        }
    }

    fn authorisation(&self, leaf: &Authorisation) -> String {
        let messages = self.messages();
        let scope = match &leaf.organisation {
            Some(organisation) => self.organisation(organisation),
            None => self.say(&messages.filter.institution, &[]),
        };
        let topic = leaf
            .topic
            .as_ref()
            .map(|topic| self.say(&messages.filter.topic, &[("name", &self.quote(topic))]));
        let wording = leaf
            .wording
            .as_ref()
            .map(|wording| self.say(&messages.filter.wording, &[("name", &self.quote(wording))]));
        let filters: Vec<String> = [scope].into_iter().chain(topic).chain(wording).collect();
        let (question, filters) =
            (self.say(messages.question.of(leaf.question), &[]), self.filters(&filters));
        let slots = [("question", question.as_str()), ("filters", &filters)];
        let answer = match leaf.answer {
            Recorded::Yes => &messages.answer.yes,
            Recorded::No => &messages.answer.no,
            Recorded::Expired => &messages.answer.expired,
            // It was never given: the check refuses a window.
            Recorded::Unset => return self.say(&messages.answer.unset, &slots),
        };
        match &leaf.given {
            None => self.say(&answer.ever, &slots),
            Some(given) => {
                let [question, filters] = slots;
                self.say(
                    &answer.given,
                    &[question, filters, ("window", &self.window(given, Happens::Before))],
                )
            }
        }
    }

    fn bucket(&self, leaf: &Bucket) -> String {
        let BucketOp::Percent(Part { from, until }) = leaf.op;
        let (from, until) = (self.percent(from), self.percent(until));
        self.say(&self.messages().bucket, &[("from", &from), ("until", &until)])
    }
}
