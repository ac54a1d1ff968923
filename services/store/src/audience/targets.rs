//! The targets of an audience as one sub-select: who is meant, by which targets, and who stands in or outside of each exclusion.

use audience::{
    Catalogue, CheckedQuery, Query, QueryError, Scope, check, matching_contacts, ruled_out_contacts,
};
use sea_query::{Alias, Expr, ExprTrait as _, Func, SelectStatement, UnionType};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Result, StoreError};

/// The most targets of an audience, and the most exclusions: both are bits of one number in the ledger.
pub const MOST_TARGETS: usize = 15;

/// A named query.
#[derive(Clone, Debug)]
pub struct Target {
    /// How the waterfall calls it.
    pub name: String,
    /// As it was written, for replay and explanation.
    pub written: Query,
    /// As it is run.
    pub checked: CheckedQuery,
}

impl Target {
    /// A query with its name, checked against an institution's names.
    ///
    /// # Errors
    /// Everything that is wrong with the query.
    pub fn new(
        name: &str,
        written: Query,
        catalogue: &Catalogue,
    ) -> std::result::Result<Self, Vec<QueryError>> {
        Ok(Self { name: name.to_owned(), checked: check(&written, catalogue)?, written })
    }
}

/// Who is meant: whoever is in one of the targets, and certainly in none of the exclusions.
#[derive(Clone, Debug)]
pub struct Targets {
    /// Each adds to the audience.
    pub targets: Vec<Target>,
    /// Each names people who must not be written to. A contact of whom it is unknown whether an exclusion holds is left out
    /// as well: what is not on file must never let somebody in (`Reason::ExcludedTarget`).
    pub exclude: Vec<Target>,
}

impl Targets {
    /// One target and no exclusion.
    #[must_use]
    pub fn one(target: Target) -> Self {
        Self { targets: vec![target], exclude: Vec::new() }
    }

    /// Whether the audience can be asked for.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names what is wrong: no target, too many, a name that stands twice.
    pub(super) fn check(&self) -> Result<()> {
        let refuse = |text: String| Err(StoreError::Refused(text));
        if self.targets.is_empty() {
            return refuse("targets: an audience needs at least one target".to_owned());
        }
        for (field, targets) in [("targets", &self.targets), ("exclude", &self.exclude)] {
            if targets.len() > MOST_TARGETS {
                let message = "at most 15 are possible; join some of them in one query with `any`";
                return refuse(format!("{field}: {} are too many; {message}", targets.len()));
            }
        }
        let mut names: Vec<&str> = self.all().map(|target| target.name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => {
                refuse(format!("the name {} stands twice among targets and exclude; choose another", pair[0]))
            }
            None => Ok(()),
        }
    }

    /// Those who are meant, then the exclusions.
    pub fn all(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().chain(&self.exclude)
    }

    /// A bit for each exclusion.
    pub(super) fn exclusion_bits(&self) -> i32 {
        (1 << self.exclude.len()) - 1
    }

    /// One row per contact that is meant: `contact_id`; `targets`, a bit for each target that it is in; `held` and `clear`, a bit
    /// for each exclusion that it is certainly in, and certainly not in.
    pub(super) fn select(&self, scope: Scope) -> SelectStatement {
        let bit = |place: usize| 1_i32 << place;
        let targets =
            self.targets.iter().enumerate().map(|(place, target)| {
                flagged(matching_contacts(&target.checked, scope), [bit(place), 0, 0])
            });
        let exclusions = self.exclude.iter().enumerate().flat_map(|(place, target)| {
            [
                flagged(matching_contacts(&target.checked, scope), [0, bit(place), 0]),
                flagged(ruled_out_contacts(&target.checked, scope), [0, 0, bit(place)]),
            ]
        });
        let mut parts: Vec<SelectStatement> = targets.chain(exclusions).collect();
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let mut all = parts.remove(0);
        all.unions(parts.into_iter().map(|part| (UnionType::All, part)));
        let mut grouped = sea_query::Query::select();
        grouped.column(Alias::new("contact_id"));
        for flag in FLAGS {
            grouped.expr_as(any_bit(flag), Alias::new(flag));
        }
        grouped
            .from_subquery(all, Alias::new("part"))
            .group_by_col(Alias::new("contact_id"))
            .and_having(any_bit("targets").ne(0));
        grouped
    }

    /// Whom it is for, as one query.
    pub(crate) fn union(&self) -> Result<Value> {
        let mut written =
            self.targets.iter().map(|target| json_of(&target.written)).collect::<Result<Vec<_>>>()?;
        Ok(if written.len() == 1 { written.remove(0) } else { json!({"any": written}) })
    }

    /// Every target and exclusion with its name; `None` when there is only one.
    pub(crate) fn written(&self) -> Result<Option<Value>> {
        if self.targets.len() == 1 && self.exclude.is_empty() {
            return Ok(None);
        }
        let written = |targets: &[Target]| {
            let each = |target: &Target| Ok(json!({"name": target.name, "query": json_of(&target.written)?}));
            targets.iter().map(each).collect::<Result<Vec<_>>>()
        };
        Ok(Some(json!({"targets": written(&self.targets)?, "exclude": written(&self.exclude)?})))
    }

    pub(crate) fn names(&self) -> Names {
        let names =
            |targets: &[Target]| targets.iter().map(|target| Name { name: target.name.clone() }).collect();
        Names { targets: names(&self.targets), exclude: names(&self.exclude) }
    }
}

/// The names of an audience's parts: what the waterfall needs of [`Targets::written`].
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Names {
    pub(crate) targets: Vec<Name>,
    pub(crate) exclude: Vec<Name>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Name {
    pub(crate) name: String,
}

const FLAGS: [&str; 3] = ["targets", "held", "clear"];

fn flagged(mut contacts: SelectStatement, flags: [i32; 3]) -> SelectStatement {
    for (flag, bits) in FLAGS.into_iter().zip(flags) {
        contacts.expr_as(Expr::val(bits), Alias::new(flag));
    }
    contacts
}

/// The bits that any row of a contact has.
fn any_bit(flag: &'static str) -> Expr {
    Func::cust(Alias::new("bit_or")).arg(Expr::col(Alias::new(flag))).into()
}

fn json_of(query: &Query) -> Result<Value> {
    serde_json::to_value(query).map_err(|error| StoreError::Inconsistent(error.to_string()))
}
