//! Definitions of criteria. They belong to the institution, not to a source; the type of one is settled for good, since
//! values of the old type would mean nothing under the new.

use intake::{Flaw, Rejection, Row, Shape, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::stage::execute;
use crate::{Result, Tx};

impl Staged for records::Criterion {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { code, name, value_type, choices } = &row.record;
        let choices = serde_json::Value::from(choices.as_slice()).to_string();
        with.push(row, code, &[code, name, &value_type.number(), &choices], out);
    }
}

pub(super) async fn write(tx: &mut Tx) -> Result<()> {
    execute(tx, include_str!("criteria/write.sql")).await
}

pub(super) fn rejection(row: u64) -> Rejection {
    let flaw = Flaw::new(
        "the criterion is defined with another type, and contacts may have values of it",
        "give the new criterion a code of its own",
    );
    Rejection::new(row, "type", Shape::WellFormed, flaw)
}
