//! Operators on sets of codes. All are unknown when there is no code at all, but for `is_missing` and `is_present`:
//! *never asked* and *chose nothing* are stored alike, so nothing is concluded from an empty set.

use std::collections::BTreeSet;

use model::text::normalise_text;
use model::vocabulary::CriterionType;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use crate::catalogue::CriterionDefinition;
use crate::error::known;
use crate::json::Stated;

/// What is asked of a `one of` or `several of`, which holds one code or a set of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceOp {
    /// At least one of these is held.
    AnyOf(Vec<String>),
    /// Every one of these is held (`several of` only).
    AllOf(Vec<String>),
    /// Something is held, and none of these.
    NoneOf(Vec<String>),
    /// Nothing is held.
    IsMissing(Stated),
    /// Something is held.
    IsPresent(Stated),
}

/// A [`ChoiceOp`] whose codes exist, in normalised form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ChoiceTest {
    Any(BTreeSet<String>),
    All(BTreeSet<String>),
    None(BTreeSet<String>),
}

impl ChoiceOp {
    pub(crate) fn check(&self, criterion: &CriterionDefinition) -> Result<Asked<ChoiceTest>, String> {
        Ok(Asked::Value(match self {
            Self::IsMissing(Stated) => return Ok(Asked::Missing),
            Self::IsPresent(Stated) => return Ok(Asked::Present),
            Self::AnyOf(codes) => ChoiceTest::Any(check_codes(codes, criterion)?),
            Self::NoneOf(codes) => ChoiceTest::None(check_codes(codes, criterion)?),
            Self::AllOf(_) if criterion.value_type == CriterionType::OneOf => {
                return Err(
                    "`all_of` cannot be met by a criterion that holds one code; use `any_of`".to_owned()
                );
            }
            Self::AllOf(codes) => ChoiceTest::All(check_codes(codes, criterion)?),
        }))
    }
}

fn check_codes(codes: &[String], criterion: &CriterionDefinition) -> Result<BTreeSet<String>, String> {
    if codes.is_empty() {
        return Err("the list of codes is empty; name at least one".to_owned());
    }
    let choices: BTreeSet<String> = criterion.choices.iter().map(|choice| normalise_text(choice)).collect();
    codes
        .iter()
        .map(|code| {
            let compared = normalise_text(code);
            if choices.contains(&compared) {
                Ok(compared)
            } else {
                let names = known(criterion.choices.iter().map(String::as_str));
                Err(format!("`{code}` is no choice of this criterion; its choices are {names}"))
            }
        })
        .collect()
}

impl ChoiceTest {
    /// Whether a set that is not empty passes.
    pub(crate) fn accepts(&self, held: &BTreeSet<String>) -> bool {
        let held: BTreeSet<String> = held.iter().map(|code| normalise_text(code)).collect();
        match self {
            Self::Any(codes) => !held.is_disjoint(codes),
            Self::All(codes) => held.is_superset(codes),
            Self::None(codes) => held.is_disjoint(codes),
        }
    }
}
