//! What is asked of a text, a number, a choice or an amount.

use super::days::Tense;
use super::message::Message;
use super::speaker::Speaker;
use crate::json::RawOperator;
use crate::leaves::CodeOp;
use crate::operators::{
    AgeOp, Ages, AmountOp, AmountWindow, Amounts, ChoiceOp, CountOp, Counts, DateOp, NumberOp, Numbers,
    TextOp, YesNo, YesNoOp,
};

impl Speaker<'_> {
    fn missing(&self, field: &str) -> String {
        self.say(&self.messages().value.missing, &[("field", field)])
    }

    fn present(&self, field: &str) -> String {
        self.say(&self.messages().value.present, &[("field", field)])
    }

    pub(super) fn text(&self, field: &str, op: &TextOp) -> String {
        let messages = &self.messages().text;
        let (message, text) = match op {
            TextOp::IsMissing(_) => return self.missing(field),
            TextOp::IsPresent(_) => return self.present(field),
            TextOp::Equals(text) => (&messages.equals, text),
            TextOp::NotEquals(text) => (&messages.not_equals, text),
            TextOp::StartsWith(text) => (&messages.starts_with, text),
            TextOp::Contains(text) => (&messages.contains, text),
        };
        self.say(message, &[("field", field), ("value", &self.quote(text))])
    }

    pub(super) fn code(&self, field: &str, op: &CodeOp) -> String {
        let messages = &self.messages().text;
        let (message, code) = match op {
            CodeOp::IsMissing(_) => return self.missing(field),
            CodeOp::IsPresent(_) => return self.present(field),
            CodeOp::Equals(code) => (&messages.equals, code),
            CodeOp::NotEquals(code) => (&messages.not_equals, code),
        };
        self.say(message, &[("field", field), ("value", &self.quote(code))])
    }

    pub(super) fn numeric(&self, field: &str, op: &NumberOp) -> String {
        self.measured(field, op, |number| self.number(number))
    }

    /// As [`Self::numeric`], of numbers that are written in some way.
    pub(super) fn measured(&self, field: &str, op: &NumberOp, written: impl Fn(f64) -> String) -> String {
        let messages = &self.messages().number;
        let (message, number) = match op {
            NumberOp::IsMissing(_) => return self.missing(field),
            NumberOp::IsPresent(_) => return self.present(field),
            NumberOp::Between(Numbers { from, until }) => {
                let (from, until) = (written(*from), written(*until));
                return self.say(&messages.between, &[("field", field), ("from", &from), ("until", &until)]);
            }
            NumberOp::Equals(number) => (&messages.equals, number),
            NumberOp::NotEquals(number) => (&messages.not_equals, number),
            NumberOp::LessThan(number) => (&messages.less_than, number),
            NumberOp::AtMost(number) => (&messages.at_most, number),
            NumberOp::MoreThan(number) => (&messages.more_than, number),
            NumberOp::AtLeast(number) => (&messages.at_least, number),
        };
        self.say(message, &[("field", field), ("number", &written(*number))])
    }

    fn yes_no(&self, field: &str, op: &YesNoOp) -> String {
        match op {
            YesNoOp::IsMissing(_) => self.missing(field),
            YesNoOp::IsPresent(_) => self.present(field),
            YesNoOp::Is(YesNo::Yes) => self.say(&self.messages().yes_no.yes, &[("field", field)]),
            YesNoOp::Is(YesNo::No) => self.say(&self.messages().yes_no.no, &[("field", field)]),
        }
    }

    fn choice(&self, field: &str, op: &ChoiceOp) -> String {
        let messages = &self.messages().choice;
        let (message, values) = match op {
            ChoiceOp::IsMissing(_) => return self.missing(field),
            ChoiceOp::IsPresent(_) => return self.present(field),
            ChoiceOp::AnyOf(codes) => (&messages.any_of, self.one_of(&self.quoted(codes))),
            ChoiceOp::AllOf(codes) => (&messages.all_of, self.all_of(&self.quoted(codes))),
            ChoiceOp::NoneOf(codes) => (&messages.none_of, self.enumerated(&self.quoted(codes))),
        };
        self.say(message, &[("field", field), ("values", &values)])
    }

    /// An operator whose type only the catalogue of the institution knows: the name of the operator and the form of its operand
    /// tell it as well. `None` when it is of no type.
    pub(super) fn untyped(&self, field: &str, op: &RawOperator) -> Option<String> {
        if let Ok(op) = op.read::<TextOp>() {
            return Some(self.text(field, &op));
        }
        if let Ok(op) = op.read::<NumberOp>() {
            return Some(self.numeric(field, &op));
        }
        if let Ok(op) = op.read::<DateOp>() {
            return Some(self.date(field, &op, Tense::OnFile));
        }
        if let Ok(op) = op.read::<YesNoOp>() {
            return Some(self.yes_no(field, &op));
        }
        op.read::<ChoiceOp>().ok().map(|op| self.choice(field, &op))
    }

    pub(super) fn age(&self, op: &AgeOp) -> String {
        let messages = self.messages();
        let born = || self.say(&messages.field.birth_date, &[]);
        match op {
            AgeOp::IsMissing(_) => self.missing(&born()),
            AgeOp::IsPresent(_) => self.present(&born()),
            AgeOp::AtLeast(age) => self.say_counted(&messages.age.at_least, &[], *age, &[]),
            AgeOp::AtMost(age) => self.say_counted(&messages.age.at_most, &[], *age, &[]),
            AgeOp::Between(Ages { from, until }) => {
                let from = self.number(f64::from(*from));
                self.say_counted(&messages.age.between, &[], *until, &[("from", &from)])
            }
        }
    }

    /// So many of the facts that `noun` counts.
    pub(super) fn count(&self, noun: &Message, op: &CountOp) -> String {
        let messages = &self.messages().count;
        let (message, count) = match op {
            CountOp::Equals(count) => (&messages.equals, count),
            CountOp::LessThan(count) => (&messages.less_than, count),
            CountOp::AtMost(count) => (&messages.at_most, count),
            CountOp::MoreThan(count) => (&messages.more_than, count),
            CountOp::AtLeast(count) => (&messages.at_least, count),
            CountOp::Between(Counts { from, until }) => {
                let (from, facts) = (self.number(f64::from(*from)), self.say_counted(noun, &[], *until, &[]));
                return self.say(&messages.between, &[("from", &from), ("facts", &facts)]);
            }
        };
        self.say(message, &[("facts", &self.say_counted(noun, &[], *count, &[]))])
    }

    pub(super) fn sum(&self, op: &AmountOp) -> String {
        let messages = &self.messages().amount;
        let (message, amount) = match op {
            AmountOp::Equals(amount) => (&messages.equals, amount),
            AmountOp::LessThan(amount) => (&messages.less_than, amount),
            AmountOp::AtMost(amount) => (&messages.at_most, amount),
            AmountOp::MoreThan(amount) => (&messages.more_than, amount),
            AmountOp::AtLeast(amount) => (&messages.at_least, amount),
            AmountOp::Between(Amounts { from, until }) => {
                return self.say(
                    &messages.between,
                    &[("from", &self.amount(*from)), ("until", &self.amount(*until))],
                );
            }
        };
        self.say(message, &[("amount", &self.amount(*amount))])
    }

    /// What one fact cost; nothing for a window without ends.
    pub(super) fn each_amount(&self, window: &AmountWindow) -> Option<String> {
        let messages = &self.messages().filter;
        match (window.from, window.until) {
            (None, None) => None,
            (Some(from), None) => Some(self.say(&messages.amount_from, &[("amount", &self.amount(from))])),
            (None, Some(until)) => Some(self.say(&messages.amount_until, &[("amount", &self.amount(until))])),
            (Some(from), Some(until)) => {
                let slots = [("from", self.amount(from)), ("until", self.amount(until))];
                Some(self.say(
                    &messages.amount_between,
                    &slots.each_ref().map(|(name, value)| (*name, value.as_str())),
                ))
            }
        }
    }
}
