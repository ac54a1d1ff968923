//! Definitions of indicators. Like criteria they belong to the institution, and the type of one is settled for good.

use intake::{Flaw, Rejection, Row, Shape, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::stage::execute;
use crate::{Result, Tx};

impl Staged for records::Indicator {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { code, name, value_type } = &row.record;
        with.push(row, code, &[code, name, &value_type.number()], out);
    }
}

pub(super) async fn write(tx: &mut Tx) -> Result<()> {
    execute(tx, include_str!("indicators/write.sql")).await
}

pub(super) fn rejection(row: u64) -> Rejection {
    let flaw = Flaw::new(
        "the indicator is defined with another type, and contacts may have values of it",
        "give the new indicator a code of its own",
    );
    Rejection::new(row, "type", Shape::WellFormed, flaw)
}
