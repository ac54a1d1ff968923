//! The checked forms of the identity leaf.

use std::fmt::Debug;

use chrono::NaiveDate;
use model::vocabulary::ContactRole;
use sea_query::{Expr, ExprTrait};

use super::fields::StoredField;
use super::{KindOp, RoleOp};
use crate::explain::{Judgement, Seen};
use crate::facts::ContactFacts;
use crate::leaves::LeafTest;
use crate::operators::asked::{Asked, ValueTest};
use crate::operators::span::Says;
use crate::sql::{self, Scope};

/// A question about a field that may be missing.
#[derive(Debug)]
pub(super) struct FieldLeaf<F, T> {
    pub(super) field: F,
    pub(super) asked: Asked<T>,
}

impl<F, T> LeafTest for FieldLeaf<F, T>
where
    F: StoredField,
    T: ValueTest<Value = F::Value> + Debug + Send + Sync,
{
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let value = self.field.value(&facts.identity);
        Judgement { truth: self.asked.judge(value, today), seen: Seen::of(value, F::seen) }
    }

    fn holds(&self, scope: Scope) -> Expr {
        self.asked.holds(self.field.column(), scope.today)
    }

    fn fails(&self, scope: Scope) -> Expr {
        self.asked.fails(self.field.column(), scope.today)
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((self.field.name().to_owned(), self.asked.says()))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((self.field.name().to_owned(), self.asked.denies()))
    }

    fn unknown(&self, _: Scope) -> Option<Expr> {
        self.asked.unknown(self.field.column().is_null()).filter(|_| self.field.may_be_missing())
    }
}

#[derive(Debug)]
pub(super) struct KindLeaf(pub(super) KindOp);

impl LeafTest for KindLeaf {
    fn judge(&self, facts: &ContactFacts, _: NaiveDate) -> Judgement {
        let kind = facts.identity.kind;
        let truth = match &self.0 {
            KindOp::Equals(wanted) => kind == *wanted,
            KindOp::NotEquals(other) => kind != *other,
        };
        Judgement { truth: truth.into(), seen: Seen::Text(kind.word().to_owned()) }
    }

    fn holds(&self, _: Scope) -> Expr {
        match &self.0 {
            KindOp::Equals(wanted) => sql::contact("kind").eq(wanted.number()),
            KindOp::NotEquals(other) => sql::contact("kind").ne(other.number()),
        }
    }

    fn fails(&self, _: Scope) -> Expr {
        match &self.0 {
            KindOp::Equals(wanted) => sql::contact("kind").ne(wanted.number()),
            KindOp::NotEquals(other) => sql::contact("kind").eq(other.number()),
        }
    }

    fn says(&self) -> Option<(String, Says)> {
        match &self.0 {
            KindOp::Equals(wanted) => Some(("kind".to_owned(), Says::Exactly(wanted.word().to_owned()))),
            KindOp::NotEquals(other) => Some(("kind".to_owned(), Says::Other(other.word().to_owned()))),
        }
    }

    fn denies(&self) -> Option<(String, Says)> {
        match &self.0 {
            KindOp::Equals(wanted) => KindLeaf(KindOp::NotEquals(*wanted)).says(),
            KindOp::NotEquals(other) => KindLeaf(KindOp::Equals(*other)).says(),
        }
    }
}

#[derive(Debug)]
pub(super) struct RoleLeaf(pub(super) RoleOp);

impl LeafTest for RoleLeaf {
    fn judge(&self, facts: &ContactFacts, _: NaiveDate) -> Judgement {
        let roles = &facts.identity.roles;
        let truth = match &self.0 {
            RoleOp::Has(role) => roles.contains(role),
            RoleOp::HasNot(role) => !roles.contains(role),
        };
        Judgement {
            truth: truth.into(),
            seen: Seen::Codes(roles.iter().map(|role| role.word().to_owned()).collect()),
        }
    }

    fn holds(&self, _: Scope) -> Expr {
        match &self.0 {
            RoleOp::Has(role) => sql::among(sql::contact("roles"), sets_with(*role)),
            RoleOp::HasNot(role) => sql::outside(sql::contact("roles"), sets_with(*role)),
        }
    }

    fn fails(&self, _: Scope) -> Expr {
        match &self.0 {
            RoleOp::Has(role) => sql::outside(sql::contact("roles"), sets_with(*role)),
            RoleOp::HasNot(role) => sql::among(sql::contact("roles"), sets_with(*role)),
        }
    }
    fn says(&self) -> Option<(String, Says)> {
        let (role, says) = match &self.0 {
            RoleOp::Has(role) => (role, "has"),
            RoleOp::HasNot(role) => (role, "has_not"),
        };
        Some((format!("role {}", role.word()), Says::Exactly(says.to_owned())))
    }

    fn denies(&self) -> Option<(String, Says)> {
        match &self.0 {
            RoleOp::Has(role) => RoleLeaf(RoleOp::HasNot(*role)).says(),
            RoleOp::HasNot(role) => RoleLeaf(RoleOp::Has(*role)).says(),
        }
    }
}

/// Every value of `contact.roles` that has this role.
///
/// Bit operators are not leakproof, `=` is: a set of roles is asked for by the list of its values.
fn sets_with(role: ContactRole) -> Vec<i32> {
    (0..1 << ContactRole::ALL.len()).filter(|roles| roles & role.bit() != 0).collect()
}
