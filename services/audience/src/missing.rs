//! Whom a leaf cannot judge: *city is not Lyon* is unknown for a contact without a city, and so selects none of them.

use sea_query::{Asterisk, Expr, Func, Query, SelectStatement};

use crate::check::CheckedQuery;
use crate::leaves::Leaf;
use crate::sql::Scope;

/// The leaves of a query that can be unknown, and how many contacts each is unknown for.
#[derive(Clone, Debug)]
pub struct Unknowns {
    /// Each such leaf with its place, in the order of the query.
    pub leaves: Vec<(String, Leaf)>,
    /// One row, with a count of contacts for each of them in that order.
    pub counts: SelectStatement,
}

/// The leaves of `query` that can be unknown; `None` when there is none.
#[must_use]
pub fn unknowns(query: &CheckedQuery, scope: Scope) -> Option<Unknowns> {
    let mut unknowns = Unknowns { leaves: Vec::new(), counts: Query::select() };
    for leaf in query.leaves() {
        if let Some(unknown) = leaf.test.unknown(scope) {
            // A statement of its own, in which `NOT EXISTS` is an anti-join: in a `FILTER` it would be asked row by row.
            let mut count = scope.facts("contact", "c");
            count.expr(Func::count(Expr::col(Asterisk))).and_where(unknown);
            unknowns.counts.expr(Expr::SubQuery(None, Box::new(count.into())));
            unknowns.leaves.push((leaf.at.clone(), leaf.leaf.clone()));
        }
    }
    (!unknowns.leaves.is_empty()).then_some(unknowns)
}
