//! A value that stands in a row of its own: without the row it is missing.

use chrono::NaiveDate;
use sea_query::{Expr, SelectStatement};

use crate::facts::TypedValue;
use crate::json::RawOperator;
use crate::operators::asked::{Asked, ValueTest};
use crate::operators::date::DateTest;
use crate::operators::number::NumberTest;
use crate::operators::span::Says;
use crate::operators::text::{TextForm, TextTest};
use crate::operators::{DateOp, NumberOp, TextOp};
use crate::sql::{self, Scope};
use crate::truth::Truth;

/// What is asked of a value whose type only the institution's names tell.
#[derive(Debug)]
pub(super) enum Typed {
    Text(Asked<TextTest>),
    Number(Asked<NumberTest>),
    Date(Asked<DateTest>),
}

impl Typed {
    pub(super) fn text(op: &RawOperator) -> Result<Self, String> {
        op.read::<TextOp>()?.check(TextForm::Normalised).map(Self::Text)
    }

    pub(super) fn number(op: &RawOperator) -> Result<Self, String> {
        op.read::<NumberOp>()?.check().map(Self::Number)
    }

    pub(super) fn date(op: &RawOperator) -> Result<Self, String> {
        op.read::<DateOp>()?.check().map(Self::Date)
    }

    pub(super) fn judge<V: TypedValue>(&self, value: Option<&V>, today: NaiveDate) -> Truth {
        match self {
            Self::Text(asked) => asked.judge(value.and_then(V::text), today),
            Self::Number(asked) => asked.judge(value.and_then(V::number), today),
            Self::Date(asked) => asked.judge(value.and_then(V::date), today),
        }
    }

    pub(super) fn holds(&self, value: &impl StoredValue, scope: Scope) -> Expr {
        match self {
            Self::Text(asked) => value.holds(asked, text(), scope),
            Self::Number(asked) => value.holds(asked, number(), scope),
            Self::Date(asked) => value.holds(asked, date(), scope),
        }
    }

    pub(super) fn fails(&self, value: &impl StoredValue, scope: Scope) -> Expr {
        match self {
            Self::Text(asked) => value.fails(asked, text(), scope),
            Self::Number(asked) => value.fails(asked, number(), scope),
            Self::Date(asked) => value.fails(asked, date(), scope),
        }
    }

    pub(super) fn says(&self) -> Says {
        match self {
            Self::Text(asked) => asked.says(),
            Self::Number(asked) => asked.says(),
            Self::Date(asked) => asked.says(),
        }
    }

    pub(super) fn denies(&self) -> Says {
        match self {
            Self::Text(asked) => asked.denies(),
            Self::Number(asked) => asked.denies(),
            Self::Date(asked) => asked.denies(),
        }
    }

    pub(super) fn unknown(&self, missing: Expr) -> Option<Expr> {
        match self {
            Self::Text(asked) => asked.unknown(missing),
            Self::Number(asked) => asked.unknown(missing),
            Self::Date(asked) => asked.unknown(missing),
        }
    }
}

pub(super) fn text() -> Expr {
    sql::column("v", "v_text")
}

pub(super) fn number() -> Expr {
    sql::column("v", "v_num")
}

fn date() -> Expr {
    sql::column("v", "v_date")
}

/// Where the value of contact `c` stands, and what follows from that.
pub(super) trait StoredValue {
    /// Its rows.
    fn rows(&self, scope: Scope) -> SelectStatement;

    fn present(&self, scope: Scope) -> Expr {
        Expr::exists(self.rows(scope))
    }

    fn missing(&self, scope: Scope) -> Expr {
        Expr::not_exists(self.rows(scope))
    }

    /// There is a value, and `condition` holds for one.
    fn exists(&self, scope: Scope, condition: Expr) -> Expr {
        Expr::exists(self.rows(scope).and_where(condition).take())
    }

    fn holds<T: ValueTest>(&self, asked: &Asked<T>, column: Expr, scope: Scope) -> Expr {
        let value = |test: &T| self.exists(scope, test.holds(column, scope.today));
        asked.sql(self.missing(scope), self.present(scope), value)
    }

    fn fails<T: ValueTest>(&self, asked: &Asked<T>, column: Expr, scope: Scope) -> Expr {
        let value = |test: &T| self.exists(scope, test.fails(column, scope.today));
        asked.sql(self.present(scope), self.missing(scope), value)
    }
}
