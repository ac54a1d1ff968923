//! Operators on yes/no. `is` is unknown when the value is missing; `is_missing` and `is_present` never are.

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::asked::{Asked, ValueTest};
use super::span::Says;
use crate::json::Stated;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YesNo {
    /// Stored as 1.
    Yes,
    /// Stored as 0.
    No,
}

/// What is asked of a yes/no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YesNoOp {
    /// It is this one.
    Is(YesNo),
    /// Nobody said.
    IsMissing(Stated),
    /// Somebody said.
    IsPresent(Stated),
}

impl YesNoOp {
    pub(crate) fn check(&self) -> Asked<YesNo> {
        match self {
            Self::Is(wanted) => Asked::Value(*wanted),
            Self::IsMissing(Stated) => Asked::Missing,
            Self::IsPresent(Stated) => Asked::Present,
        }
    }
}

impl YesNo {
    const fn stored(self) -> f64 {
        match self {
            Self::Yes => 1.0,
            Self::No => 0.0,
        }
    }
}

impl ValueTest for YesNo {
    type Value = bool;

    fn accepts(&self, value: &bool, _: NaiveDate) -> bool {
        *value == (*self == Self::Yes)
    }

    fn holds(&self, column: Expr, _: NaiveDate) -> Expr {
        column.eq(self.stored())
    }

    fn fails(&self, column: Expr, _: NaiveDate) -> Expr {
        column.ne(self.stored())
    }

    fn says(&self) -> Says {
        Says::Exactly(format!("{self:?}"))
    }

    fn denies(&self) -> Says {
        match self {
            Self::Yes => Self::No.says(),
            Self::No => Self::Yes.says(),
        }
    }
}
