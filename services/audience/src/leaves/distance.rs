//! `{"leaf": "distance", "from": {"country": "FR", "postal_code": "69001"}, "at_most": 30}`: how far away somebody lives.
//!
//! In kilometres, as the crow flies between postal codes, whose coordinates were imported. The operators are those of [`NumberOp`].
//! Unknown, but for `is_missing` and `is_present`, for a contact without a country, without a postal code, or whose postal code is not
//! among the places.

use std::sync::Arc;

use chrono::NaiveDate;
use model::place::Coordinates;
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::Serialize;

use super::stored::StoredValue;
use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, PlaceRef};
use crate::explain::{Judgement, Seen};
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::NumberOp;
use crate::operators::asked::Asked;
use crate::operators::number::NumberTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};
use crate::tree::Mentions;

/// A question about the distance from a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// From where.
    pub from: PlaceRef,
    /// What is asked, in kilometres.
    #[serde(flatten)]
    pub op: NumberOp,
}

impl Distance {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self { from: fields.required("from")?, op: fields.operator()?.read()? })
    }
}

impl LeafForm for Distance {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let asked = self.op.check()?;
        let centre = catalogue.place(&self.from)?;
        Ok(Arc::new(DistanceLeaf { from: self.from.clone(), centre, asked }))
    }

    fn mentions<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.places.push(&self.from);
    }
}

#[derive(Debug)]
struct DistanceLeaf {
    from: PlaceRef,
    centre: Coordinates,
    asked: Asked<NumberTest>,
}

/// The place of contact `c`.
struct PlaceOfContact;

impl StoredValue for PlaceOfContact {
    fn rows(&self, scope: Scope) -> SelectStatement {
        let mut place = scope.places();
        place.and_where(sql::column("p", "country").eq(sql::contact("country")));
        place.and_where(sql::column("p", "postal_code").eq(sql::contact("postal_code")));
        place
    }
}

impl LeafTest for DistanceLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let km = facts.coordinates.map(|there| self.centre.km_to(there));
        Judgement { truth: self.asked.judge(km.as_ref(), today), seen: Seen::of(km, Seen::Number) }
    }

    fn holds(&self, scope: Scope) -> Expr {
        PlaceOfContact.holds(&self.asked, sql::km_from(self.centre, "p"), scope)
    }

    fn fails(&self, scope: Scope) -> Expr {
        PlaceOfContact.fails(&self.asked, sql::km_from(self.centre, "p"), scope)
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        self.asked.unknown(PlaceOfContact.missing(scope))
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("distance from {:?}", self.from), self.asked.says()))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((format!("distance from {:?}", self.from), self.asked.denies()))
    }
}
