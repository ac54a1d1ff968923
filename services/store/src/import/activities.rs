//! Activities: the bulk of every file, and the path that must keep up with COPY.
//!
//! One pass resolves names and finds earlier versions, one statement inserts, one raises recency.

use intake::{Row, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::{contacts, execute};
use crate::{Result, Tx, recency};

impl Staged for records::Activity {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { external_id, contact, kind, organisation, product, happened_on, amount } = &row.record;
        with.push(
            row,
            external_id.as_str(),
            &[contact, organisation, product, &kind.number(), happened_on, amount],
            out,
        );
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<()> {
    let former = contacts(tx, include_str!("activities/forget.sql")).await?;
    execute(tx, include_str!("activities/write.sql")).await?;
    execute(tx, include_str!("activities/confirm.sql")).await?;
    if run.keeps_projections() {
        execute(tx, include_str!("activities/raise.sql")).await?;
        recency::recompute(tx, &former).await?;
    }
    Ok(())
}
