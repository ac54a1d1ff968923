//! The waterfall: from everybody whom the targets match to everybody who is written to, one row per reason.

use std::collections::BTreeMap;

use model::permission::{Basis, Blocks, Reason};
use serde::Serialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::basis;
use super::targets::{MOST_TARGETS, Names};
use crate::Result;

/// An exact partition: `matched = planned + Σ excluded`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waterfall {
    /// Everybody whom a target matches.
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
    /// What each target adds, in their order; empty when there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetCount>,
    /// What each exclusion takes away, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<ExclusionCount>,
}

/// One target's part in an audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetCount {
    /// Its name.
    pub name: String,
    /// Everybody in it.
    pub matched: i64,
    /// Those who are in no other target: without this one they would not be in the audience.
    pub only: i64,
}

/// One exclusion's part in an audience, counted among those whom the targets match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExclusionCount {
    /// Its name.
    pub name: String,
    /// Those who are in it.
    pub matched: i64,
    /// Those of whom that is unknown, because a value that it asks about is not on file. They are left out as well.
    pub unknown: i64,
}

/// A waterfall that was counted and not launched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The partition.
    #[serde(flatten)]
    pub waterfall: Waterfall,
    /// How many more would be written to if this one rule did not apply, decided anew: also which of two contacts with one
    /// address is the one.
    pub without: BTreeMap<Reason, i64>,
}

/// A row of counts.
struct Group {
    blocks: Blocks,
    basis: Basis,
    targets: i32,
    exclusions: i32,
    contacts: i64,
}

impl Counted {
    /// Sums rows of `count.sql`.
    pub(crate) fn from_rows(rows: &[PgRow], names: &Names) -> Result<Self> {
        let mut counted = Self { waterfall: Waterfall::named(names), without: BTreeMap::new() };
        for row in rows {
            let contacts = row.try_get("contacts")?;
            match row.try_get::<Option<i32>, _>("alone")? {
                Some(alone) => {
                    for reason in Blocks(alone).reasons() {
                        *counted.without.entry(reason).or_default() += contacts;
                    }
                }
                None => counted.waterfall.add(&Group::from_row(row, contacts)?),
            }
        }
        // Whoever is left out for this reason has no other.
        if let Some(doubles) = counted.waterfall.excluded.get(&Reason::SameAddress) {
            counted.without.insert(Reason::SameAddress, *doubles);
        }
        Ok(counted)
    }
}

impl Group {
    fn from_row(row: &PgRow, contacts: i64) -> Result<Self> {
        Ok(Self {
            blocks: Blocks(row.try_get("blocks")?),
            basis: basis(row.try_get("proof")?)?,
            targets: row.try_get("targets")?,
            exclusions: row.try_get("exclusions")?,
            contacts,
        })
    }
}

impl Waterfall {
    /// Sums rows of `launch/waterfall.sql`.
    pub(crate) fn from_rows(rows: &[PgRow], names: &Names) -> Result<Self> {
        Ok(Counted::from_rows(rows, names)?.waterfall)
    }

    fn named(names: &Names) -> Self {
        let target = |name: &String| TargetCount { name: name.clone(), matched: 0, only: 0 };
        let exclusion = |name: &String| ExclusionCount { name: name.clone(), matched: 0, unknown: 0 };
        // Of a single target there is nothing to tell beside the whole.
        let several = names.targets.len() > 1;
        Self {
            targets: names.targets.iter().filter(|_| several).map(|part| target(&part.name)).collect(),
            exclusions: names.exclude.iter().map(|part| exclusion(&part.name)).collect(),
            ..Self::default()
        }
    }

    fn add(&mut self, group: &Group) {
        let Group { blocks, basis, contacts, .. } = *group;
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
        self.add_to_parts(group);
    }

    fn add_to_parts(&mut self, group: &Group) {
        let when = |given: bool| if given { group.contacts } else { 0 };
        for (place, target) in self.targets.iter_mut().enumerate() {
            target.matched += when(has(group.targets, place));
            target.only += when(group.targets == 1 << place);
        }
        for (place, exclusion) in self.exclusions.iter_mut().enumerate() {
            exclusion.matched += when(has(group.exclusions, place));
            exclusion.unknown += when(has(group.exclusions, MOST_TARGETS + place));
        }
    }
}

const fn has(bits: i32, place: usize) -> bool {
    bits & 1 << place != 0
}
