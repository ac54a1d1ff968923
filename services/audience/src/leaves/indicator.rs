//! `{"leaf": "indicator", "code": "lifetime_value", "organisation": "lyric", "at_least": 200}`: a computed value.
//!
//! Another system computed it; Rappel asks for it. The value is that of the organisation, or, when none is named, of the institution:
//! one is never taken for the other. The indicator's type decides the operators: those of [`TextOp`](crate::operators::TextOp), of
//! [`NumberOp`](crate::operators::NumberOp) or of [`DateOp`](crate::operators::DateOp). All but `is_missing` and `is_present` are unknown
//! for a contact without a value.

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::OrganisationId;
use model::vocabulary::IndicatorType;
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::Serialize;

use super::stored::{StoredValue, Typed};
use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, IndicatorId};
use crate::explain::{Judgement, Seen};
use crate::facts::{ContactFacts, IndicatorFact};
use crate::json::{Fields, RawOperator};
use crate::operators::span::Says;
use crate::sql::{self, Scope};

/// A question about an indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Indicator {
    /// Which indicator.
    pub code: String,
    /// Of which organisation; of the institution when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// What is asked; its type is known when the indicator is.
    #[serde(flatten)]
    pub op: RawOperator,
}

impl Indicator {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self {
            code: fields.required("code")?,
            organisation: fields.optional("organisation")?,
            op: fields.operator()?,
        })
    }
}

impl LeafForm for Indicator {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let indicator = catalogue.indicator(&self.code)?;
        let asked = match indicator.value_type {
            IndicatorType::Number => Typed::number(&self.op)?,
            IndicatorType::Date => Typed::date(&self.op)?,
            IndicatorType::Text => Typed::text(&self.op)?,
        };
        let organisation = match &self.organisation {
            None => OrganisationId::WHOLE_INSTITUTION,
            Some(name) => catalogue.organisation(name)?,
        };
        let value = IndicatorValue { indicator: indicator.id, organisation };
        Ok(Arc::new(IndicatorLeaf { code: self.code.clone(), value, asked }))
    }
}

#[derive(Debug)]
struct IndicatorLeaf {
    code: String,
    value: IndicatorValue,
    asked: Typed,
}

/// Where the value of an indicator stands.
#[derive(Debug)]
struct IndicatorValue {
    indicator: IndicatorId,
    organisation: OrganisationId,
}

impl StoredValue for IndicatorValue {
    fn rows(&self, scope: Scope) -> SelectStatement {
        let mut rows = scope.rows("indicator_value", "v");
        rows.and_where(sql::column("v", "indicator_id").eq(self.indicator.0))
            .and_where(sql::column("v", "organisation_id").eq(self.organisation.0));
        rows
    }
}

impl LeafTest for IndicatorLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let fact = facts.indicators.get(&(self.value.indicator, self.value.organisation));
        Judgement { truth: self.asked.judge(fact, today), seen: Seen::of(fact, IndicatorFact::seen) }
    }

    fn holds(&self, scope: Scope) -> Expr {
        self.asked.holds(&self.value, scope)
    }

    fn fails(&self, scope: Scope) -> Expr {
        self.asked.fails(&self.value, scope)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        self.asked.unknown(self.value.missing(scope))
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((self.subject(), self.asked.says()))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((self.subject(), self.asked.denies()))
    }
}

impl IndicatorLeaf {
    fn subject(&self) -> String {
        format!("indicator `{}` of {}", self.code, self.value.organisation)
    }
}
