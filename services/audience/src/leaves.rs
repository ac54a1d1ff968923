//! The leaves of the query language, one file each.
//!
//! A leaf's file holds the form that people write (`LeafForm`) and the checked form (`LeafTest`), which answers twice:
//! in memory and as SQL. Another leaf is one more file, one line in the list below and one line in the
//! generators of `crate::testing`.

pub(crate) mod identity;
pub(crate) mod criterion;
pub(crate) mod authorisation;
pub(crate) mod recency;
pub(crate) mod activity;
pub(crate) mod order_line;
pub(crate) mod message;
pub(crate) mod bucket;
pub(crate) mod indicator;
pub(crate) mod postal_area;
pub(crate) mod distance;
pub(crate) mod membership;
pub(crate) mod score;
mod categories;
mod stored;

use std::fmt::Debug;
use std::sync::Arc;

use chrono::NaiveDate;
use sea_query::{Expr, SelectStatement};
use serde::Serialize;

pub use self::activity::{Activity, ActivityOp};
pub use self::authorisation::{Authorisation, Question, Recorded};
pub use self::bucket::{Bucket, BucketOp, Part};
pub use self::criterion::Criterion;
pub use self::distance::Distance;
pub use self::identity::{
    AgeField, BirthdayField, CodeField, CodeOp, DateField, Identity, KindField, KindOp, RoleField, RoleOp,
    TextField,
};
pub use self::indicator::Indicator;
pub use self::membership::{Membership, MembershipOp};
pub use self::message::{Message, MessageOp, MessageOutcome};
pub use self::order_line::{As, OrderLine, OrderLineOp};
pub use self::postal_area::{PostalArea, PostalAreaOp};
pub use self::recency::Recency;
pub use self::score::{Score, ScoreOf};
use crate::catalogue::Catalogue;
use crate::explain::Judgement;
use crate::facts::ContactFacts;
use crate::json::Fields;
use crate::operators::span::Says;
use crate::sql::Scope;
use crate::tree::Mentions;

macro_rules! leaves {
    ($($(#[$doc:meta])* $leaf:ident = $name:literal,)*) => {
        /// One condition.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(tag = "leaf")]
        pub enum Leaf {
            $($(#[$doc])* #[serde(rename = $name)] $leaf($leaf),)*
        }

        impl Leaf {
            /// The name of every leaf.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The value of `"leaf"`.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$leaf(_) => $name),* }
            }

            /// Reads the leaf of this name from the other fields of its object.
            pub(crate) fn read(name: &str, fields: Fields) -> Result<Self, String> {
                match name {
                    $($name => $leaf::read(fields).map(Self::$leaf),)*
                    _ => Err(format!("there is no leaf `{name}`; the leaves are {}", crate::error::known(Self::NAMES.iter().copied()))),
                }
            }

            fn form(&self) -> &dyn LeafForm {
                match self { $(Self::$leaf(leaf) => leaf),* }
            }
        }
    };
}

leaves! {
    /// A field of the contact itself.
    Identity = "identity",
    /// A custom attribute.
    Criterion = "criterion",
    /// An answer to one question of permission.
    Authorisation = "authorisation",
    /// GDPR recency.
    Recency = "recency",
    /// Dated facts.
    Activity = "activity",
    /// What was ordered.
    OrderLine = "order_line",
    /// What became of earlier messages.
    Message = "message",
    /// A stable random part of the file.
    Bucket = "bucket",
    /// A computed value.
    Indicator = "indicator",
    /// A part of a country.
    PostalArea = "postal_area",
    /// How far away.
    Distance = "distance",
    /// Another target.
    Membership = "membership",
    /// A fifth of the buyers.
    Score = "score",
}

impl Leaf {
    /// Checks types and values and looks names up.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would be right.
    pub(crate) fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        self.form().check(catalogue)
    }

    /// Adds what the leaf names of the long lists.
    pub(crate) fn mentions<'a>(&'a self, mentions: &mut Mentions<'a>) {
        self.form().mentions(mentions);
    }
}

/// A leaf as it is written. Reading checks its shape; checking needs the institution's names.
pub(crate) trait LeafForm {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String>;

    /// Adds what the leaf names of the long lists, so that a caller can load only that.
    fn mentions<'a>(&'a self, _: &mut Mentions<'a>) {}
}

/// The contacts that facts name.
pub(crate) struct Named {
    /// `SELECT contact_id FROM …`.
    pub(crate) contacts: SelectStatement,
    /// Whether each is named once.
    pub(crate) once: bool,
}

/// A leaf whose names are keys and whose values are valid.
///
/// `holds` and `fails` are each TRUE for the contacts for which the leaf is true, and false; for a contact for which
/// neither is TRUE the leaf is unknown. The compiler only joins them with AND and OR, never NOT, so that a NULL on the
/// way can do no harm.
pub(crate) trait LeafTest: Debug + Send + Sync {
    /// The answer for one contact in memory, and the value that gave it.
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement;

    /// SQL over contact `c`: TRUE when the leaf is true.
    fn holds(&self, scope: Scope) -> Expr;

    /// SQL over contact `c`: TRUE when the leaf is false.
    fn fails(&self, scope: Scope) -> Expr;

    /// SQL over contact `c`: TRUE when the leaf is unknown; `None` when it never is.
    fn unknown(&self, _: Scope) -> Option<Expr> {
        None
    }

    /// Whether both look at nothing of contact `c` but its id.
    fn asks_by_id(&self) -> bool {
        false
    }

    /// The contacts for whom the leaf is true, when its facts name them.
    fn named(&self, _: Scope) -> Option<Named> {
        None
    }

    /// What the leaf is about, in words that equal those of every leaf about the same thing, and what it says of it.
    fn says(&self) -> Option<(String, Says)> {
        None
    }

    /// The same, and what is so of it when the leaf is false.
    fn denies(&self) -> Option<(String, Says)> {
        None
    }
}
