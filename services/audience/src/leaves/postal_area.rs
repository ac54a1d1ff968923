//! `{"leaf": "postal_area", "country": "FR", "any_of": ["69", "01"]}`: a postal code that begins like one of these.
//!
//! A country's areas are named by how its postal codes begin: `69` is the Rhône, `69001` a part of Lyon. Somebody in another country is
//! outside, whatever the code. Unknown without a country, or in this country without a postal code.

use std::sync::Arc;

use chrono::NaiveDate;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use super::identity::check_country;
use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::explain::{Judgement, Seen};
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::TextOp;
use crate::operators::asked::{Asked, ValueTest};
use crate::operators::text::{TextForm, TextTest};
use crate::sql::{self, Scope};
use crate::truth::Truth;

/// Beginnings in one leaf, at most.
const MAX_AREAS: usize = 100;

/// A question about where the contact lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostalArea {
    /// ISO 3166-1, two capitals.
    pub country: String,
    /// What is asked.
    #[serde(flatten)]
    pub op: PostalAreaOp,
}

/// What is asked of the postal code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostalAreaOp {
    /// It lies in the country and begins like one of these.
    AnyOf(Vec<String>),
    /// It lies elsewhere, or begins like none of these.
    NoneOf(Vec<String>),
}

impl PostalArea {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self { country: fields.required("country")?, op: fields.operator()?.read()? })
    }
}

impl LeafForm for PostalArea {
    fn check(&self, _: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let country = check_country(&self.country)?.to_owned();
        let (PostalAreaOp::AnyOf(areas) | PostalAreaOp::NoneOf(areas)) = &self.op;
        if areas.is_empty() || areas.len() > MAX_AREAS {
            return Err(format!("name 1 to {MAX_AREAS} areas by how their postal codes begin, such as `69`"));
        }
        let areas = areas.iter().map(|area| begins_with(area)).collect::<Result<_, _>>()?;
        let inside = matches!(self.op, PostalAreaOp::AnyOf(_));
        Ok(Arc::new(AreaLeaf { country, areas, inside }))
    }
}

fn begins_with(area: &str) -> Result<TextTest, String> {
    match TextOp::StartsWith(area.to_owned()).check(TextForm::Exact)? {
        Asked::Value(test) => Ok(test),
        Asked::Missing | Asked::Present => Err("a postal area is a text".to_owned()),
    }
}

#[derive(Debug)]
struct AreaLeaf {
    country: String,
    areas: Vec<TextTest>,
    /// Whether being in one of them is asked for, or not being in any.
    inside: bool,
}

fn country() -> Expr {
    sql::contact("country")
}

fn code() -> Expr {
    sql::contact("postal_code")
}

impl AreaLeaf {
    fn within(&self, scope: Scope) -> Expr {
        let one = sql::any(self.areas.iter().map(|area| area.holds(code(), scope.today)));
        sql::all([country().eq(&self.country), one])
    }

    fn without(&self, scope: Scope) -> Expr {
        let none = sql::all(self.areas.iter().map(|area| area.fails(code(), scope.today)));
        sql::any([country().ne(&self.country), none])
    }

    /// The same over `fails`, of which each must hold: a country that is missing must not pass by the code alone.
    fn answers(&self, inside: bool, scope: Scope) -> Expr {
        if inside { self.within(scope) } else { sql::all([country().is_not_null(), self.without(scope)]) }
    }
}

impl LeafTest for AreaLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let (country, code) = (facts.identity.country.as_deref(), facts.identity.postal_code.as_deref());
        let truth = match (country, code) {
            (None, _) => Truth::Unknown,
            (Some(country), _) if country != self.country => Truth::from(!self.inside),
            (Some(_), None) => Truth::Unknown,
            (Some(_), Some(code)) => {
                (self.areas.iter().any(|area| area.accepts(code, today)) == self.inside).into()
            }
        };
        let seen = country.map(|country| [country, code.unwrap_or("?")].join("-"));
        Judgement {
            truth,
            seen: if truth == Truth::Unknown { Seen::Missing } else { Seen::of(seen, Seen::Text) },
        }
    }

    fn holds(&self, scope: Scope) -> Expr {
        self.answers(self.inside, scope)
    }

    fn fails(&self, scope: Scope) -> Expr {
        self.answers(!self.inside, scope)
    }

    fn unknown(&self, _: Scope) -> Option<Expr> {
        let without_code = sql::all([country().eq(&self.country), code().is_null()]);
        Some(sql::any([country().is_null(), without_code]))
    }
}
