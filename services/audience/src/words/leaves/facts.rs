//! Leaves about facts: activities, order lines, messages. *At least 3 purchases in the last 12 months (category: opera)*.

use crate::catalogue::ProductRef;
use crate::leaves::{Activity, ActivityOp, As, Message as MessageLeaf, MessageOp, OrderLine, OrderLineOp};
use crate::operators::Window;
use crate::words::catalogue::{ActivityWords, AnyActivity};
use crate::words::days::{Happens, Tense};
use crate::words::message::Message;
use crate::words::speaker::Speaker;
use model::vocabulary::HolderRole;

/// The words for the kinds that a leaf asks for.
struct Nouns {
    some: &'static Message,
    none: &'static Message,
    count: &'static Message,
    all: &'static Message,
    first: &'static Message,
    last: &'static Message,
}

impl Nouns {
    const fn of_kind(words: &'static ActivityWords) -> Self {
        let ActivityWords { some, none, count, all, first, last, name: _ } = words;
        Self { some, none, count, all, first, last }
    }

    const fn of_any(words: &'static AnyActivity) -> Self {
        let AnyActivity { some, none, count, all, first, last } = words;
        Self { some, none, count, all, first, last }
    }
}

impl Speaker<'_> {
    pub(super) fn activity(&self, leaf: &Activity) -> String {
        let (nouns, messages) = (self.nouns(leaf), &self.messages().facts);
        match &leaf.op {
            ActivityOp::Has(_) => self.activities(leaf, &self.say(nouns.some, &[])),
            ActivityOp::HasNot(_) => self.activities(leaf, &self.say(nouns.none, &[])),
            ActivityOp::Count(op) => self.activities(leaf, &self.count(nouns.count, op)),
            ActivityOp::Sum(op) => {
                let (facts, amount) = (self.activities(leaf, &self.say(nouns.all, &[])), self.sum(op));
                self.say(&messages.sum, &[("facts", &facts), ("amount", &amount)])
            }
            ActivityOp::First(op) => self.date(&self.first_activity(leaf), op, Tense::Event),
            ActivityOp::Last(op) => self.date(&self.last_activity(leaf), op, Tense::Event),
        }
    }

    pub(super) fn first_activity(&self, leaf: &Activity) -> String {
        self.activities(leaf, &self.say(self.nouns(leaf).first, &[]))
    }

    pub(super) fn last_activity(&self, leaf: &Activity) -> String {
        self.activities(leaf, &self.say(self.nouns(leaf).last, &[]))
    }

    fn nouns(&self, leaf: &Activity) -> Nouns {
        let activity = &self.messages().activity;
        match leaf.kinds.as_deref() {
            Some([kind]) => Nouns::of_kind(activity.kinds.of(*kind)),
            Some(_) | None => Nouns::of_any(&activity.any),
        }
    }

    /// The activities that `noun` names, with what they have to meet.
    fn activities(&self, leaf: &Activity, noun: &str) -> String {
        let messages = self.messages();
        let kinds = match leaf.kinds.as_deref() {
            // The noun says it.
            Some([_]) | None => None,
            Some(kinds) => {
                let names: Vec<String> =
                    kinds.iter().map(|kind| self.say(&messages.activity.kinds.of(*kind).name, &[])).collect();
                Some(self.one_of(&names))
            }
        };
        let role = leaf.role.map(|role| match role {
            HolderRole::Purchaser => self.say(&messages.filter.purchaser, &[]),
            HolderRole::CulturalContact => self.say(&messages.filter.attendee, &[]),
        });
        let filters = [
            kinds,
            role,
            leaf.organisation.as_ref().map(|name| self.organisation(name)),
            leaf.product.as_ref().map(|product| self.product(product)),
            leaf.categories.as_ref().map(|names| self.categories(names)),
            leaf.amount.as_ref().and_then(|amount| self.each_amount(amount)),
        ];
        self.facts(noun, leaf.window.as_ref(), &filters)
    }

    pub(super) fn order_line(&self, leaf: &OrderLine) -> String {
        let messages = self.messages();
        let states: Vec<String> =
            leaf.states.iter().map(|state| self.say(messages.state.of(*state), &[])).collect();
        let role = match leaf.holder {
            As::Purchaser => &messages.filter.purchaser,
            As::CulturalContact => &messages.filter.attendee,
            As::Either => &messages.filter.either,
        };
        let on = |message: &Message, window: &Window, happens| {
            self.say(message, &[("window", &self.window(window, happens))])
        };
        let filters = [
            Some(self.one_of(&states)),
            Some(self.say(role, &[])),
            leaf.organisation.as_ref().map(|name| self.organisation(name)),
            leaf.product.as_ref().map(|product| self.product(product)),
            leaf.categories.as_ref().map(|names| self.categories(names)),
            leaf.ordered.as_ref().map(|window| on(&messages.filter.ordered, window, Happens::Before)),
            leaf.event.as_ref().map(|window| on(&messages.filter.event, window, Happens::AtAnyTime)),
        ];
        let noun = match leaf.op {
            OrderLineOp::Has(_) => &messages.order_line.some,
            OrderLineOp::HasNot(_) => &messages.order_line.none,
        };
        self.facts(&self.say(noun, &[]), None, &filters)
    }

    pub(super) fn message(&self, leaf: &MessageLeaf) -> String {
        let messages = self.messages();
        let outcome = messages.message.of(leaf.outcome);
        let noun = match leaf.op {
            MessageOp::Has(_) => &outcome.some,
            MessageOp::HasNot(_) => &outcome.none,
        };
        let campaign = leaf.campaign.as_ref().map(|key| {
            let name = self.quote(self.names.campaign(key));
            self.say(&messages.filter.campaign, &[("name", &name)])
        });
        self.facts(&self.say(noun, &[]), leaf.window.as_ref(), &[campaign])
    }

    /// `noun` with when the facts happened, and with what else they have to meet.
    fn facts(&self, noun: &str, window: Option<&Window>, filters: &[Option<String>]) -> String {
        let messages = &self.messages().facts;
        let filters: Vec<String> = filters.iter().flatten().cloned().collect();
        let window = window.map(|window| self.window(window, Happens::Before)).unwrap_or_default();
        let slots = [("facts", noun), ("window", &window), ("filters", &self.filters(&filters))];
        match (window.is_empty(), filters.is_empty()) {
            (true, true) => noun.to_owned(),
            (false, true) => self.say(&messages.windowed, &slots),
            (true, false) => self.say(&messages.filtered, &slots),
            (false, false) => self.say(&messages.windowed_filtered, &slots),
        }
    }

    pub(super) fn organisation(&self, written: &str) -> String {
        let name = self.names.organisation(written);
        self.say(&self.messages().filter.organisation, &[("name", &self.quote(name))])
    }

    fn product(&self, product: &ProductRef) -> String {
        let name = self.names.product(product);
        self.say(&self.messages().filter.product, &[("name", &self.quote(name))])
    }

    fn categories(&self, names: &[String]) -> String {
        let names = self.one_of(&self.quoted(names));
        self.say(&self.messages().filter.categories, &[("names", &names)])
    }
}
