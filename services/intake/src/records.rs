//! The kinds of file, one module each: the row, its table of columns, and what a row of it may not say.

mod organisation;
mod wording;
mod collection_point;
mod criterion;
mod indicator;
mod place;
mod contact;
mod product;
mod order_line;
mod activity;
mod balance;
mod indicator_value;
mod authorisation;

pub use activity::Activity;
pub use authorisation::{Authorisation, ConsentEvent, Evidence, Reading, Scope};
pub use balance::Balance;
pub use collection_point::CollectionPoint;
pub use contact::{Contact, PostalAddress};
pub use criterion::{Criterion, CriterionValue};
pub use indicator::Indicator;
pub use indicator_value::IndicatorValue;
pub use order_line::OrderLine;
pub use organisation::Organisation;
pub use place::Place;
pub use product::Product;
pub use wording::Wording;
