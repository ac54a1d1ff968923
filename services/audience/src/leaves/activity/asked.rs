//! What is asked of the facts that pass.

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait, Func};

use super::filter::Filter;
use crate::explain::{Judgement, Seen};
use crate::facts::ActivityFact;
use crate::leaves::Named;
use crate::operators::amount::{AmountTest, in_currency};
use crate::operators::asked::ValueTest;
use crate::operators::count::CountTest;
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};
use crate::truth::Truth;

#[derive(Debug)]
pub(super) enum Asked {
    /// How many there are.
    Count(CountTest),
    /// What they come to; nothing when there are none.
    Sum(AmountTest),
    /// The day of the first; unknown when there is none.
    First(DateTest),
    /// The day of the last; unknown when there is none.
    Last(DateTest),
}

impl Asked {
    /// The answer, with the value that gave it.
    pub(super) fn judge<'a>(
        &self,
        facts: impl Iterator<Item = &'a ActivityFact> + Clone,
        today: NaiveDate,
    ) -> Judgement {
        let days = facts.clone().map(|fact| fact.happened_on);
        let of_day = |day: Option<NaiveDate>, test: &DateTest| Judgement {
            truth: day.map_or(Truth::Unknown, |day| test.accepts(&day, today).into()),
            seen: Seen::of(day, Seen::Date),
        };
        match self {
            Self::Count(test) => {
                let (count, last) = (days.clone().count(), days.max());
                Judgement { truth: test.accepts(count).into(), seen: Seen::Facts { count, last } }
            }
            Self::Sum(test) => {
                let sum = facts.filter_map(|fact| fact.amount).sum();
                Judgement { truth: test.accepts(sum).into(), seen: Seen::Number(in_currency(sum)) }
            }
            Self::First(test) => of_day(days.min(), test),
            Self::Last(test) => of_day(days.max(), test),
        }
    }

    /// TRUE when the answer is `wanted`.
    pub(super) fn answers(&self, wanted: bool, facts: &Filter, scope: Scope) -> Expr {
        let one = || facts.apply(scope.rows("activity", "a"), scope);
        let having =
            |condition| sql::grouped(facts.apply(scope.facts("activity", "a"), scope), "a", condition);
        match self {
            Self::Count(CountTest::Many { least: 1 }) => sql::presence(one(), wanted),
            Self::Count(CountTest::Few { most: 0 }) => sql::presence(one(), !wanted),
            Self::Count(CountTest::Many { least }) => {
                sql::presence(having(sql::count_within(*least, None)), wanted)
            }
            Self::Count(CountTest::Some { least, most }) => {
                sql::presence(having(sql::count_within(*least, Some(*most))), wanted)
            }
            Self::Count(CountTest::Few { most }) => {
                sql::presence(having(sql::count_within(most + 1, None)), !wanted)
            }
            // Whoever has no facts has no group, and a sum of nothing.
            Self::Sum(test) if test.accepts(0) => sql::presence(having(test.of_sum(&sum(), false)), !wanted),
            Self::Sum(test) => sql::presence(having(test.of_sum(&sum(), true)), wanted),
            Self::First(test) => sql::presence(having(side(test, first_day(), scope, wanted)), true),
            Self::Last(test) => sql::presence(having(side(test, last_day(), scope, wanted)), true),
        }
    }

    /// Those for whom the answer is yes, where that needs a fact.
    pub(super) fn named(&self, facts: &Filter, scope: Scope) -> Option<Named> {
        let mut contacts = facts.apply(scope.facts("activity", "a"), scope);
        let having = match self {
            Self::Count(CountTest::Many { least: 1 }) => {
                contacts.expr(sql::column("a", "contact_id"));
                return Some(Named { contacts, once: false });
            }
            Self::Count(CountTest::Many { least }) => sql::count_within(*least, None),
            Self::Count(CountTest::Some { least, most }) => sql::count_within(*least, Some(*most)),
            Self::Sum(test) if !test.accepts(0) => test.of_sum(&sum(), true),
            Self::First(test) => side(test, first_day(), scope, true),
            Self::Last(test) => side(test, last_day(), scope, true),
            Self::Count(CountTest::Few { .. }) | Self::Sum(_) => return None,
        };
        Some(Named { contacts: sql::having(contacts, "a", having), once: true })
    }

    /// What it is about, and what it says of that.
    pub(super) fn says(&self) -> (&'static str, Says) {
        match self {
            Self::Count(test) => ("count", Says::Within(test.span())),
            Self::Sum(test) => ("sum", Says::Within(test.span())),
            Self::First(test) => ("first", test.says()),
            Self::Last(test) => ("last", test.says()),
        }
    }

    /// The same, for what does not pass.
    pub(super) fn denies(&self) -> (&'static str, Says) {
        match self {
            Self::Count(test) => ("count", test.denies()),
            Self::Sum(test) => ("sum", test.denies()),
            Self::First(test) => ("first", test.denies()),
            Self::Last(test) => ("last", test.denies()),
        }
    }

    /// TRUE when there is no first or last.
    pub(super) fn unknown(&self, facts: &Filter, scope: Scope) -> Option<Expr> {
        let none = || Expr::not_exists(facts.apply(scope.rows("activity", "a"), scope));
        match self {
            Self::Count(_) | Self::Sum(_) => None,
            Self::First(_) | Self::Last(_) => Some(none()),
        }
    }
}

fn sum() -> Expr {
    Func::sum(sql::column("a", "amount").cast_as("float8")).into()
}

fn first_day() -> Expr {
    Func::min(sql::column("a", "happened_on")).into()
}

fn last_day() -> Expr {
    Func::max(sql::column("a", "happened_on")).into()
}

fn side(test: &DateTest, day: Expr, scope: Scope, wanted: bool) -> Expr {
    if wanted { test.holds(day, scope.today) } else { test.fails(day, scope.today) }
}
