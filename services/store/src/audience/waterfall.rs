//! The waterfall: from everybody whom the target matches to everybody who is written to, one row per reason.

use std::collections::BTreeMap;

use model::permission::{Basis, Blocks, Reason};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::basis;
use crate::Result;

/// An exact partition: `matched = planned + Σ excluded`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waterfall {
    /// Everybody whom the target matches.
    pub matched: i64,
    /// Everybody who is allowed.
    pub planned: i64,
    /// Those left out, by *the* reason: the first rule that failed.
    pub excluded: BTreeMap<Reason, i64>,
    /// Those to whom a reason applies at all, first or not.
    pub also: BTreeMap<Reason, i64>,
    /// What the permission of the planned rests on.
    pub bases: BTreeMap<Basis, i64>,
    /// Matched contacts without a standing yes, planned or not (LA-21).
    pub unset: i64,
}

impl Waterfall {
    /// Sums rows of (blocks, proof, contacts).
    pub(crate) fn from_rows(rows: &[PgRow]) -> Result<Self> {
        let mut waterfall = Self::default();
        for row in rows {
            waterfall.add(
                Blocks(row.try_get("blocks")?),
                basis(row.try_get("proof")?)?,
                row.try_get("contacts")?,
            );
        }
        Ok(waterfall)
    }

    fn add(&mut self, blocks: Blocks, basis: Basis, contacts: i64) {
        self.matched += contacts;
        if matches!(basis, Basis::Unset | Basis::SoftOptIn) {
            self.unset += contacts;
        }
        match blocks.first() {
            None => {
                self.planned += contacts;
                *self.bases.entry(basis).or_default() += contacts;
            }
            Some(reason) => *self.excluded.entry(reason).or_default() += contacts,
        }
        for reason in blocks.reasons() {
            *self.also.entry(reason).or_default() += contacts;
        }
    }
}
