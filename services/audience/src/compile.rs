//! From a checked query to one parameterised SQL condition.
//!
//! SQL has three-valued logic too, but a sub-select has not: `EXISTS` answers false where the leaf is unknown. So the
//! compiler pushes `none` and `not_all` down to the leaves and asks each for the side that is needed: *holds* or *fails*.
//! Only AND and OR remain above the leaves, under which NULL and false select alike, and PostgreSQL can turn
//! each `EXISTS` into a semi-join and each `NOT EXISTS` into an anti-join.
//!
//! Not done here: permission. Anonymised, restricted or refusing contacts match like everybody else, and the
//! decision excludes them with a reason that the waterfall shows.

#[cfg(test)]
mod tests;

use model::ids::ContactId;
use sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement};

use crate::check::{CheckedNode, CheckedQuery};
use crate::sql::{self, Scope};
use crate::tree::GroupKind;

/// A condition over a row `c` of `contact`, TRUE exactly for the contacts of the scope's institution that `query` selects on its
/// day.
#[must_use]
pub fn condition(query: &CheckedQuery, scope: Scope) -> Expr {
    node(query, query.root(), scope, Side::Holds)
}

/// A condition over the same rows, TRUE exactly for the contacts that `query` rules out: for which it is false, not unknown.
#[must_use]
pub fn denial(query: &CheckedQuery, scope: Scope) -> Expr {
    node(query, query.root(), scope, Side::Fails)
}

/// `SELECT c.contact_id FROM contact AS c WHERE …`: the contacts that `query` selects, each once. Facts may stand in the place of the
/// table `contact`.
#[must_use]
pub fn matching_contacts(query: &CheckedQuery, scope: Scope) -> SelectStatement {
    named_contacts(query, scope).unwrap_or_else(|| {
        let mut select = scope.facts("contact", "c");
        select.expr(sql::contact("contact_id")).and_where(condition(query, scope));
        select
    })
}

/// The same from those whom the facts of one leaf name, when it must be true and nothing but their ids is asked for: the contact
/// of a fact is in the file, and the file need not be read to find that out.
fn named_contacts(query: &CheckedQuery, scope: Scope) -> Option<SelectStatement> {
    if !query.leaves().iter().all(|leaf| leaf.test.asks_by_id()) {
        return None;
    }
    let members = match query.root() {
        CheckedNode::Group { kind: GroupKind::All, members } => members.as_slice(),
        leaf @ CheckedNode::Leaf(_) => std::slice::from_ref(leaf),
        CheckedNode::Group { .. } => return None,
    };
    let named = |member: &CheckedNode| match member {
        CheckedNode::Leaf(leaf) => query.leaves()[*leaf].test.named(scope),
        CheckedNode::Group { .. } => None,
    };
    let (place, named) =
        members.iter().enumerate().find_map(|(place, member)| Some((place, named(member)?)))?;
    let mut select = Query::select();
    select.expr(sql::contact("contact_id")).from_subquery(named.contacts, "c");
    if !named.once {
        select.distinct();
    }
    for (_, other) in members.iter().enumerate().filter(|(other, _)| *other != place) {
        select.and_where(node(query, other, scope, Side::Holds));
    }
    Some(select)
}

/// `SELECT … AS contact_id`: a list that is known already, where one that is compiled could stand.
#[must_use]
pub fn these_contacts(contacts: &[ContactId]) -> SelectStatement {
    let ids: Vec<i64> = contacts.iter().map(|contact| contact.0).collect();
    Query::select().expr_as(Func::cust("unnest").arg(Expr::val(ids)), "contact_id").take()
}

/// `SELECT … AS one, … AS other`: every contact that one of two queries selects, with NULL on the side of the query that does not.
#[must_use]
pub fn both(one: &CheckedQuery, other: &CheckedQuery, scope: Scope) -> SelectStatement {
    let same = sql::column("a", "contact_id").eq(sql::column("b", "contact_id"));
    Query::select()
        .expr_as(sql::column("a", "contact_id"), "one")
        .expr_as(sql::column("b", "contact_id"), "other")
        .from_subquery(matching_contacts(one, scope), "a")
        .join_subquery(JoinType::FullOuterJoin, matching_contacts(other, scope), "b", same)
        .take()
}

/// As [`matching_contacts`], but those for whom `query` is certainly not true. Whoever is in neither is unknown to it.
#[must_use]
pub fn ruled_out_contacts(query: &CheckedQuery, scope: Scope) -> SelectStatement {
    let mut select = scope.facts("contact", "c");
    select.expr(sql::contact("contact_id")).and_where(node(query, query.root(), scope, Side::Fails));
    select
}

/// Which answer of a node is asked for.
#[derive(Clone, Copy)]
enum Side {
    Holds,
    Fails,
}

fn node(query: &CheckedQuery, checked: &CheckedNode, scope: Scope, side: Side) -> Expr {
    match checked {
        CheckedNode::Leaf(leaf) => {
            let test = &query.leaves()[*leaf].test;
            match side {
                Side::Holds => test.holds(scope),
                Side::Fails => test.fails(scope),
            }
        }
        CheckedNode::Group { kind, members } => {
            let of_members = |side| members.iter().map(move |member| node(query, member, scope, side));
            match (kind, side) {
                (GroupKind::All, Side::Holds) | (GroupKind::NotAll, Side::Fails) => {
                    sql::all(of_members(Side::Holds))
                }
                (GroupKind::All, Side::Fails) | (GroupKind::NotAll, Side::Holds) => {
                    sql::any(of_members(Side::Fails))
                }
                (GroupKind::Any, Side::Holds) | (GroupKind::None, Side::Fails) => {
                    sql::any(of_members(Side::Holds))
                }
                (GroupKind::Any, Side::Fails) | (GroupKind::None, Side::Holds) => {
                    sql::all(of_members(Side::Fails))
                }
            }
        }
    }
}
