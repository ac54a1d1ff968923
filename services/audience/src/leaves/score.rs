//! `{"leaf": "score", "of": "frequency", "at_least": 4}`: in which fifth of the buyers somebody stands (RFM).
//!
//! [`model::score`] says what is ranked. The scores are those of the last run, which is made every night once a person has asked for the
//! first. To score people is profiling: for a contact who refused that, at the institution, the leaf is unknown whatever it asks, and
//! `is_missing` is true. The operators are those of [`ScoreOp`]; all but `is_missing` and `is_present` are unknown without scores.

use std::sync::Arc;

use chrono::NaiveDate;
use model::score::Scores;
use sea_query::{Expr, SelectStatement};
use serde::{Deserialize, Serialize};

use super::authorisation::refuses_profiling;
use super::stored::StoredValue;
use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::explain::{Judgement, Seen};
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::ScoreOp;
use crate::operators::asked::Asked;
use crate::operators::score::ScoreTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};

/// A question about a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Which of the three.
    pub of: ScoreOf,
    /// What is asked.
    #[serde(flatten)]
    pub op: ScoreOp,
}

/// What is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreOf {
    /// The day of the last sale.
    Recency,
    /// The number of sales.
    Frequency,
    /// What the sales came to.
    Monetary,
}

impl ScoreOf {
    const fn of(self, scores: &Scores) -> &i16 {
        match self {
            Self::Recency => &scores.recency,
            Self::Frequency => &scores.frequency,
            Self::Monetary => &scores.monetary,
        }
    }

    fn column(self) -> Expr {
        sql::column(
            "f",
            match self {
                Self::Recency => "recency",
                Self::Frequency => "frequency",
                Self::Monetary => "monetary",
            },
        )
    }
}

impl Score {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self { of: fields.required("of")?, op: fields.operator()?.read()? })
    }
}

impl LeafForm for Score {
    fn check(&self, _: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        Ok(Arc::new(ScoreLeaf { of: self.of, asked: self.op.check()? }))
    }
}

#[derive(Debug)]
struct ScoreLeaf {
    of: ScoreOf,
    asked: Asked<ScoreTest>,
}

/// The scores of contact `c`, who has none for us after a refusal of profiling.
struct ScoresOfContact;

impl StoredValue for ScoresOfContact {
    fn rows(&self, scope: Scope) -> SelectStatement {
        scope.rows("score", "f")
    }

    fn present(&self, scope: Scope) -> Expr {
        sql::all([Expr::exists(self.rows(scope)), refuses_profiling(scope, false)])
    }

    fn missing(&self, scope: Scope) -> Expr {
        sql::any([Expr::not_exists(self.rows(scope)), refuses_profiling(scope, true)])
    }

    fn exists(&self, scope: Scope, condition: Expr) -> Expr {
        let met = Expr::exists(self.rows(scope).and_where(condition).take());
        sql::all([met, refuses_profiling(scope, false)])
    }
}

impl LeafTest for ScoreLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let scores = facts.scores.as_ref().filter(|_| !facts.refuses_profiling());
        let score = scores.map(|scores| self.of.of(scores));
        let seen = Seen::of(score, |score| Seen::Number(f64::from(*score)));
        Judgement { truth: self.asked.judge(score, today), seen }
    }

    fn holds(&self, scope: Scope) -> Expr {
        ScoresOfContact.holds(&self.asked, self.of.column(), scope)
    }

    fn fails(&self, scope: Scope) -> Expr {
        ScoresOfContact.fails(&self.asked, self.of.column(), scope)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        self.asked.unknown(ScoresOfContact.missing(scope))
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("score of {:?}", self.of), self.asked.says()))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((format!("score of {:?}", self.of), self.asked.denies()))
    }
}
