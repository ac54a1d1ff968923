//! Days, and what is asked of them: literal or counted from today.

use chrono::{Datelike, NaiveDate};

use super::catalogue::{ByDay, ByDays, ByUnit};
use super::message::Message;
use super::speaker::Speaker;
use crate::operators::{BirthdayOp, DateOp, Day, Days, Relative, Window, YearDay, YearDays};

/// What is asked of a date, and how it is said.
#[derive(Clone, Copy)]
pub(super) enum Tense {
    /// A date on file: it *is*.
    OnFile,
    /// Something that happened then: it *was*, where the language tells that apart.
    Event,
}

/// What a window is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Happens {
    /// In the past.
    Before,
    /// Also in the future: *in the last months* would leave that out.
    AtAnyTime,
}

/// A day as it is said.
#[derive(PartialEq)]
enum Moment {
    Named { date: String, number: u32 },
    Today,
    Ago(Unit, u32),
    Ahead(Unit, u32),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Months,
    Days,
}

impl From<Relative> for Moment {
    fn from(relative: Relative) -> Self {
        match relative {
            Relative::MonthsAgo(0)
            | Relative::DaysAgo(0)
            | Relative::MonthsAhead(0)
            | Relative::DaysAhead(0) => Self::Today,
            Relative::MonthsAgo(count) => Self::Ago(Unit::Months, count),
            Relative::DaysAgo(count) => Self::Ago(Unit::Days, count),
            Relative::MonthsAhead(count) => Self::Ahead(Unit::Months, count),
            Relative::DaysAhead(count) => Self::Ahead(Unit::Days, count),
        }
    }
}

impl ByUnit {
    const fn of(&self, unit: Unit) -> &Message {
        match unit {
            Unit::Months => &self.months,
            Unit::Days => &self.days,
        }
    }
}

impl Speaker<'_> {
    /// What is asked of the date that `field` names.
    pub(super) fn date(&self, field: &str, op: &DateOp, tense: Tense) -> String {
        let messages = self.messages();
        let slots = [("field", field)];
        let contexts: &[&str] = match tense {
            Tense::OnFile => &[],
            Tense::Event => &["event"],
        };
        match op {
            DateOp::IsMissing(_) => self.say(&messages.value.missing, &slots),
            DateOp::IsPresent(_) => self.say(&messages.value.present, &slots),
            DateOp::Before(day) => self.on_day(&messages.date.before, &self.moment(*day), contexts, &slots),
            DateOp::After(day) => self.on_day(&messages.date.after, &self.moment(*day), contexts, &slots),
            DateOp::On(day) => self.on_day(&messages.date.on, &self.moment(*day), contexts, &slots),
            DateOp::Between(Days { from, until }) if from == until => {
                self.on_day(&messages.date.on, &self.moment(*from), contexts, &slots)
            }
            DateOp::Between(Days { from, until }) => {
                let (from, until) = (self.moment(*from), self.moment(*until));
                self.between(&messages.date.between, (&from, &until), contexts, &slots)
            }
        }
    }

    /// When something happened, as in *in the last 12 months*.
    pub(super) fn window(&self, window: &Window, happens: Happens) -> String {
        let messages = &self.messages().window;
        let (from, until) =
            (window.from.map(|day| self.moment(day)), window.until.map(|day| self.moment(day)));
        match (from, until) {
            (None, None) => String::new(),
            (Some(Moment::Ago(unit, count)), None) if happens == Happens::AtAnyTime => {
                self.say_counted(messages.earliest.of(unit), &[], count, &[])
            }
            (Some(from), None) => self.on_day(&messages.since, &from, &[], &[]),
            (None, Some(until)) => self.on_day(&messages.until, &until, &[], &[]),
            (Some(from), Some(until)) => self.span(&from, &until),
        }
    }

    /// What is asked of the birthday.
    pub(super) fn birthday(&self, op: &BirthdayOp) -> String {
        let messages = self.messages();
        let born = self.say(&messages.field.birth_date, &[]);
        let window = match op {
            BirthdayOp::IsMissing(_) => return self.say(&messages.value.missing, &[("field", &born)]),
            BirthdayOp::IsPresent(_) => return self.say(&messages.value.present, &[("field", &born)]),
            BirthdayOp::On(day) => self.on_day(&messages.window.on, &self.day_of_year(*day), &[], &[]),
            BirthdayOp::Between(YearDays { from, until }) => {
                self.span(&self.day_of_year(*from), &self.day_of_year(*until))
            }
        };
        self.say(&messages.birthday, &[("window", &window)])
    }

    fn span(&self, from: &Moment, until: &Moment) -> String {
        let messages = &self.messages().window;
        match (from, until) {
            _ if from == until => self.on_day(&messages.on, from, &[], &[]),
            (Moment::Ago(..), Moment::Today) => self.on_day(&messages.since, from, &[], &[]),
            (Moment::Today, Moment::Ahead(unit, count)) => {
                self.say_counted(messages.next.of(*unit), &[], *count, &[])
            }
            (_, _) => self.between(&messages.between, (from, until), &[], &[]),
        }
    }

    fn on_day(&self, message: &ByDay, day: &Moment, contexts: &[&str], slots: &[(&str, &str)]) -> String {
        match day {
            Moment::Named { date, number } => {
                let slots: Vec<_> = slots.iter().copied().chain([("date", date.as_str())]).collect();
                let contexts: Vec<_> = contexts.iter().copied().chain(elided(*number)).collect();
                self.say_in(&message.day, &contexts, &slots)
            }
            Moment::Today => self.say_in(&message.today, contexts, slots),
            Moment::Ago(unit, count) => self.say_counted(message.ago.of(*unit), contexts, *count, slots),
            Moment::Ahead(unit, count) => self.say_counted(message.ahead.of(*unit), contexts, *count, slots),
        }
    }

    fn between(
        &self,
        messages: &ByDays,
        (from, until): (&Moment, &Moment),
        contexts: &[&str],
        slots: &[(&str, &str)],
    ) -> String {
        let with = |more: &[(&str, &str)], message: &Message, counted: Option<u32>| {
            let slots: Vec<_> = slots.iter().chain(more).copied().collect();
            match counted {
                Some(count) => self.say_counted(message, contexts, count, &slots),
                None => self.say_in(message, contexts, &slots),
            }
        };
        match (from, until) {
            (Moment::Ago(unit, most), Moment::Ago(same, least)) if unit == same => {
                with(&[("from", &self.number(f64::from(*least)))], messages.ago.of(*unit), Some(*most))
            }
            (Moment::Ahead(unit, least), Moment::Ahead(same, most)) if unit == same => {
                with(&[("from", &self.number(f64::from(*least)))], messages.ahead.of(*unit), Some(*most))
            }
            (_, _) => {
                let point = |day| self.on_day(&self.messages().day.point, day, &[], &[]);
                with(&[("from", &point(from)), ("until", &point(until))], &messages.days, None)
            }
        }
    }

    fn moment(&self, day: Day) -> Moment {
        match day {
            Day::Relative(relative) => relative.into(),
            Day::Literal(day) => {
                let slots = [("year", day.year().to_string())];
                Moment::Named { date: self.dated(&self.messages().day.date, day, &slots), number: day.day() }
            }
        }
    }

    fn day_of_year(&self, day: YearDay) -> Moment {
        match day {
            YearDay::Relative(relative) => relative.into(),
            YearDay::Literal(place) => {
                let (month, number) =
                    (u32::from(place.unsigned_abs() / 100), u32::from(place.unsigned_abs() % 100));
                // A leap year has every day.
                let day = NaiveDate::from_ymd_opt(2000, month, number).unwrap_or_default();
                Moment::Named { date: self.dated(&self.messages().day.of_year, day, &[]), number: day.day() }
            }
        }
    }

    fn dated(&self, message: &Message, day: NaiveDate, more: &[(&str, String)]) -> String {
        let number = day.day().to_string();
        let month = self.messages().day.months.get(day.month0() as usize).map_or("", String::as_str);
        let mut slots = vec![("day", number.as_str()), ("month", month)];
        slots.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
        let contexts: &[&str] = if day.day() == 1 { &["first"] } else { &[] };
        self.say_in(message, contexts, &slots)
    }
}

/// The context of a day whose number is spoken with a vowel at its beginning: *otto*, *undici*.
fn elided(number: u32) -> Option<&'static str> {
    matches!(number, 8 | 11).then_some("elided")
}
