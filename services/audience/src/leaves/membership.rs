//! `{"leaf": "membership", "in": "faithful"}`: whether the contact is in another target.
//!
//! A *dynamic* target is asked as if its query stood here, missing values included: somebody of whom the other target knows nothing is
//! neither in it nor outside. It may name others in turn; one that leads back to itself is refused, and all that a query asks, with the
//! targets that it names, has the limits of one query. A *static* target is the list that was frozen last; never unknown.

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::TargetId;
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::{Deserialize, Serialize};

use super::{LeafForm, LeafTest};
use crate::catalogue::{Catalogue, SavedTarget};
use crate::check::{CheckedQuery, check, expanded};
use crate::compile::{condition, denial};
use crate::explain::{Judgement, Seen, explain};
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::span::Says;
use crate::sql::{self, Scope};
use crate::tree::Mentions;

/// A question about another target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// What is asked.
    #[serde(flatten)]
    pub op: MembershipOp,
}

/// What is asked of the other target, which is named by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipOp {
    /// It selects the contact.
    In(String),
    /// It does not, for certain.
    NotIn(String),
}

impl MembershipOp {
    const fn target(&self) -> &String {
        match self {
            Self::In(code) | Self::NotIn(code) => code,
        }
    }
}

impl Membership {
    /// The code of the other target.
    pub(crate) const fn target(&self) -> &String {
        self.op.target()
    }

    pub(super) fn read(fields: Fields) -> Result<Self, String> {
        fields.operator()?.read().map(|op| Self { op })
    }
}

impl LeafForm for Membership {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let code = self.op.target().clone();
        let wanted = matches!(self.op, MembershipOp::In(_));
        let target = match catalogue.target(&code)? {
            SavedTarget::Static(list) => Target::Static(*list),
            SavedTarget::Dynamic(query) => {
                expanded(query, catalogue, &mut vec![&code])?;
                Target::Dynamic(check(query, catalogue).map_err(|errors| {
                    let first = errors.first().map(ToString::to_string).unwrap_or_default();
                    format!("the target `{code}` cannot be evaluated any more: {first}")
                })?)
            }
        };
        Ok(Arc::new(MembershipLeaf { code, target, wanted }))
    }

    fn mentions<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.targets.push(self.op.target());
    }
}

#[derive(Debug)]
struct MembershipLeaf {
    code: String,
    target: Target,
    wanted: bool,
}

#[derive(Debug)]
enum Target {
    Dynamic(CheckedQuery),
    Static(TargetId),
}

fn members(list: TargetId, scope: Scope) -> SelectStatement {
    let mut rows = scope.rows("target_member", "t");
    rows.and_where(sql::column("t", "target_id").eq(list.0))
        .and_where(sql::column("t", "until_version").is_null());
    rows
}

impl MembershipLeaf {
    fn answers(&self, inside: bool, scope: Scope) -> Expr {
        match &self.target {
            Target::Dynamic(query) if inside => condition(query, scope),
            Target::Dynamic(query) => denial(query, scope),
            Target::Static(list) => sql::presence(members(*list, scope), inside),
        }
    }
}

impl LeafTest for MembershipLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let (inside, seen) = match &self.target {
            Target::Static(list) => {
                let inside = facts.lists.contains(list);
                (inside.into(), Seen::YesNo(inside))
            }
            Target::Dynamic(query) => {
                let explanation = explain(query, facts, today);
                (explanation.truth, Seen::Target(explanation.leaves))
            }
        };
        Judgement { truth: if self.wanted { inside } else { !inside }, seen }
    }

    fn holds(&self, scope: Scope) -> Expr {
        self.answers(self.wanted, scope)
    }

    fn fails(&self, scope: Scope) -> Expr {
        self.answers(!self.wanted, scope)
    }

    fn asks_by_id(&self) -> bool {
        match &self.target {
            Target::Static(_) => true,
            Target::Dynamic(query) => query.leaves().iter().all(|leaf| leaf.test.asks_by_id()),
        }
    }

    fn unknown(&self, scope: Scope) -> Option<Expr> {
        match &self.target {
            Target::Static(_) => None,
            Target::Dynamic(query) => Some(sql::all([
                sql::is_not_true(condition(query, scope)),
                sql::is_not_true(denial(query, scope)),
            ])),
        }
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("target `{}`", self.code), Says::Exactly(self.wanted.to_string())))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((format!("target `{}`", self.code), Says::Exactly((!self.wanted).to_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::MAX_LEAVES;
    use crate::tree::Query;

    const CITY: &str = r#"{"leaf": "identity", "field": "city", "equals": "Lyon"}"#;

    fn within(code: &str) -> String {
        format!(r#"{{"leaf": "membership", "in": "{code}"}}"#)
    }

    fn any(members: &[String]) -> String {
        format!(r#"{{"any": [{}]}}"#, members.join(","))
    }

    /// The first error of a query over an institution with these dynamic targets.
    fn error(query: &str, saved: &[(&str, String)]) -> Option<String> {
        let read = |json: &str| Query::from_json(json).expect("a query");
        let targets =
            saved.iter().map(|(code, json)| ((*code).to_owned(), SavedTarget::Dynamic(read(json)))).collect();
        let errors = check(&read(query), &Catalogue { targets, ..Catalogue::default() }).err()?;
        Some(errors[0].to_string())
    }

    #[test]
    fn a_target_may_name_others_that_name_others() {
        let saved = [("lyon", CITY.to_owned()), ("near", any(&[within("lyon")]))];
        assert_eq!(error(&within("near"), &saved), None);
    }

    #[test]
    fn a_target_that_does_not_exist_is_named() {
        let error = error(&any(&[CITY.to_owned(), within("gone")]), &[]).expect("no such target");
        assert!(error.starts_with("/any/1: there is no target `gone`"), "{error}");
    }

    #[test]
    fn a_way_back_is_refused_with_its_stations() {
        let saved = [("a", within("b")), ("b", any(&[CITY.to_owned(), within("a")]))];
        let error = error(&within("a"), &saved).expect("a circle");
        assert!(error.contains("cannot ask for itself: `a` asks for `b` asks for `a`"), "{error}");
    }

    #[test]
    fn what_became_impossible_in_another_target_is_told_at_the_leaf_that_names_it() {
        let broken = r#"{"all": [{"leaf": "criterion", "code": "gone", "equals": "x"}]}"#;
        let saved = [("old", broken.to_owned())];
        let error = error(&any(&[CITY.to_owned(), within("old")]), &saved).expect("a criterion is gone");
        assert!(
            error.starts_with("/any/1: the target `old` cannot be evaluated any more: /all/0: "),
            "{error}"
        );
    }

    #[test]
    fn naming_twice_at_each_step_cannot_explode() {
        let codes = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
        let mut saved = vec![("t0", CITY.to_owned())];
        for pair in codes.windows(2) {
            saved.push((pair[1], any(&[within(pair[0]), within(pair[0])])));
        }
        assert_eq!(error(&within("t5"), &saved), None, "of 125 leaves");
        let wide = error(&within("t7"), &saved).expect("too wide");
        assert!(wide.contains(&format!("a query has at most {MAX_LEAVES}")), "{wide}");
        let chain: Vec<(&str, String)> = codes
            .windows(2)
            .map(|pair| (pair[1], within(pair[0])))
            .chain([("t0", CITY.to_owned())])
            .collect();
        let deep = error(&within("t8"), &chain).expect("too deep");
        assert!(deep.contains("more than 8 deep"), "{deep}");
    }
}
