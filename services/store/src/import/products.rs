//! Products. A changed date or state moves the day on which their activities count, and with it the holders' recency
//! (design, section 4: a postponement moves it).

use intake::{Row, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::{contacts, execute_from};
use crate::{Result, Tx, recency};

impl Staged for records::Product {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { external_id, organisation, name, category, valid_on, state } = &row.record;
        with.push(
            row,
            external_id.as_str(),
            &[external_id, organisation, name, category, valid_on, &state.number()],
            out,
        );
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<()> {
    execute_from(tx, &run.source, include_str!("products/write.sql")).await?;
    if run.keeps_projections() {
        let mut holders = contacts(tx, include_str!("products/recount.sql")).await?;
        holders.sort_unstable();
        holders.dedup();
        recency::recompute(tx, &holders).await?;
    }
    Ok(())
}
