//! The pieces of SQL that the compiler may use, and no others.
//!
//! Row-level security lets the planner use an index or statistics for a condition only when its operator is
//! leakproof (delivery, A.2). So columns of silo tables are compared through this file, and [`OPERATORS`] lists what it
//! can emit, for the test that asks `pg_proc` about each. Values are bound, never written into the text.

use chrono::NaiveDate;
use chrono_tz::Tz;
use model::ids::InstitutionId;
use model::place::Coordinates;
use sea_query::extension::postgres::PgFunc;
use sea_query::{Alias, Asterisk, Condition, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, Value};

/// The operators that stand between a column of a silo table and a value, with the type of both sides.
pub const OPERATORS: &[(&str, &str)] = &[
    ("=", "text"),
    ("<>", "text"),
    ("<", "text"),
    (">=", "text"),
    ("=", "date"),
    ("<>", "date"),
    ("<", "date"),
    ("<=", "date"),
    (">", "date"),
    (">=", "date"),
    ("=", "float8"),
    ("<>", "float8"),
    ("<", "float8"),
    ("<=", "float8"),
    (">", "float8"),
    (">=", "float8"),
    ("=", "int2"),
    ("<>", "int2"),
    ("<", "int2"),
    ("<=", "int2"),
    (">", "int2"),
    (">=", "int2"),
    ("=", "int4"),
    ("<>", "int4"),
    ("<", "timestamptz"),
    (">=", "timestamptz"),
    ("=", "int8"),
    ("<=", "int8"),
    (">=", "int8"),
];

/// The functions that are not leakproof and are used all the same: each is a scan of the institution's rows, `strpos` of contacts,
/// `km_between` of places.
pub const SCANS: &[&str] = &["strpos", "km_between"];

/// What a compilation knows beside the query.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The silo; stated in every sub-select.
    pub institution: InstitutionId,
    /// The business day in the institution's zone.
    pub today: NaiveDate,
    /// The institution's zone: where a day begins.
    pub zone: Tz,
}

impl Scope {
    /// `SELECT 1 FROM table AS alias` over the rows of contact `c`.
    pub(crate) fn rows(self, table: &'static str, alias: &'static str) -> SelectStatement {
        let mut select = self.facts(table, alias);
        select.expr(one()).and_where(column(alias, "contact_id").eq(contact("contact_id")));
        select
    }

    /// `FROM table AS alias` over the rows of the institution, with nothing selected yet.
    pub(crate) fn facts(self, table: &'static str, alias: &'static str) -> SelectStatement {
        let mut select = Query::select();
        select.from_as(table, alias).and_where(self.owns(alias));
        select
    }

    /// `SELECT 1 FROM place AS p`: the institution's postal codes.
    pub(crate) fn places(self) -> SelectStatement {
        self.facts("place", "p").expr(one()).take()
    }

    /// Joins the rows of `table AS alias` that have the same keys as those of `other`.
    pub(crate) fn join(
        self,
        rows: &mut SelectStatement,
        (table, alias): (&'static str, &'static str),
        other: &'static str,
        keys: &[&'static str],
    ) {
        let same = keys.iter().map(|key| column(alias, key).eq(column(other, key)));
        rows.join_as(JoinType::InnerJoin, table, alias, all([self.owns(alias)].into_iter().chain(same)));
    }

    /// `alias.institution_id = $n`.
    pub(crate) fn owns(self, alias: &'static str) -> Expr {
        column(alias, "institution_id").eq(self.institution.0)
    }
}

/// A column of the contact that the query is about.
pub(crate) fn contact(name: &'static str) -> Expr {
    column("c", name)
}

pub(crate) fn column(alias: &'static str, name: &'static str) -> Expr {
    Expr::col((Alias::new(alias), Alias::new(name)))
}

/// What an `EXISTS` selects.
fn one() -> Expr {
    Expr::cust("1")
}

/// Every one of `members`.
pub(crate) fn all(members: impl IntoIterator<Item = Expr>) -> Expr {
    members.into_iter().fold(Condition::all(), Condition::add).into()
}

/// At least one of `members`.
pub(crate) fn any(members: impl IntoIterator<Item = Expr>) -> Expr {
    members.into_iter().fold(Condition::any(), Condition::add).into()
}

/// `column = ANY($n)`: one parameter, however long the list.
pub(crate) fn among(column: Expr, values: impl Into<Value>) -> Expr {
    column.eq(PgFunc::any(Expr::val(values)))
}

/// `column <> ALL($n)`.
pub(crate) fn outside(column: Expr, values: impl Into<Value>) -> Expr {
    column.ne(PgFunc::all(Expr::val(values)))
}

/// The column in byte order, whatever the collation of the database: ranges over text mean the same everywhere.
pub(crate) fn in_byte_order(column: Expr) -> Expr {
    Expr::cust_with_expr(r#"$1 COLLATE "C""#, column)
}

/// Where `part` begins in the column, counted from 1; 0 when it is not there.
pub(crate) fn position(column: Expr, part: &str) -> Expr {
    Func::cust(Alias::new("strpos")).arg(column).arg(part).into()
}

/// The distance in kilometres from a point to the coordinates of `alias`. No index could serve it.
pub(crate) fn km_from(centre: Coordinates, alias: &'static str) -> Expr {
    let here = [centre.latitude, centre.longitude].map(Expr::val);
    let there = ["latitude", "longitude"].map(|name| column(alias, name));
    Func::cust(Alias::new("km_between")).args(here.into_iter().chain(there)).into()
}

/// False or unknown. For counting alone: nothing selects contacts by it.
pub(crate) fn is_not_true(condition: Expr) -> Expr {
    Expr::cust_with_expr("($1) IS NOT TRUE", condition)
}

/// Whether there is such a row, or that there is none.
pub(crate) fn presence(rows: SelectStatement, wanted: bool) -> Expr {
    if wanted { Expr::exists(rows) } else { Expr::not_exists(rows) }
}

/// The contact `c` among those whose `facts`, with this alias, meet `condition` as a group.
///
/// A derived table, so that PostgreSQL groups once and joins, in a semi-join or an anti-join alike; `NOT IN` would stay
/// a sub-plan, and compare row by row when its hash does not fit into memory.
pub(crate) fn grouped(facts: SelectStatement, alias: &'static str, condition: Expr) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr(one())
        .from_subquery(having(facts, alias, condition), "q")
        .and_where(column("q", "contact_id").eq(contact("contact_id")));
    select
}

/// The contacts whose `facts`, with this alias, meet `condition` as a group.
pub(crate) fn having(mut facts: SelectStatement, alias: &'static str, condition: Expr) -> SelectStatement {
    facts.expr(column(alias, "contact_id")).add_group_by([column(alias, "contact_id")]).and_having(condition);
    facts
}

/// A group of `least` to `most` rows.
pub(crate) fn count_within(least: u32, most: Option<u32>) -> Expr {
    let count = || Expr::from(Func::count(Expr::col(Asterisk)));
    let most = most.map(|most| count().lte(i64::from(most)));
    all([count().gte(i64::from(least))].into_iter().chain(most))
}
