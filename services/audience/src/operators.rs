//! The typed operators, one file per type of value.
//!
//! An operator is written as one key of its leaf (`"equals": "Lyon"`), read into an `…Op`, and checked into a *test*:
//! what is asked of a value, with literals validated and brought into the form that is compared. A test answers
//! twice, independently: in memory (`accepts`) and as SQL (`holds` and `fails`).

pub(crate) mod asked;
pub(crate) mod text;
pub(crate) mod number;
pub(crate) mod day;
pub(crate) mod date;
pub(crate) mod age;
pub(crate) mod birthday;
pub(crate) mod yes_no;
pub(crate) mod choice;
pub(crate) mod count;
pub(crate) mod amount;
pub(crate) mod score;
pub(crate) mod span;

pub use self::age::{AgeOp, Ages};
pub use self::amount::{AmountOp, AmountWindow, Amounts};
pub use self::birthday::{BirthdayOp, YearDay, YearDays};
pub use self::choice::ChoiceOp;
pub use self::count::{CountOp, Counts};
pub use self::date::{DateOp, Days, Window};
pub use self::day::{Day, Relative};
pub use self::number::{NumberOp, Numbers};
pub use self::score::{ScoreOp, ScoreSpan};
pub use self::text::TextOp;
pub use self::yes_no::{YesNo, YesNoOp};
