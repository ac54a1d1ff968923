//! Balances: what retention must wait for.

use intake::{Row, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::stage::execute;
use crate::{Result, Tx};

impl Staged for records::Balance {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { external_id, contact, organisation, amount, due_on } = &row.record;
        with.push(row, external_id.as_str(), &[contact, organisation, amount, due_on], out);
    }
}

pub(super) async fn write(tx: &mut Tx) -> Result<()> {
    execute(tx, include_str!("balances/forget.sql")).await?;
    execute(tx, include_str!("balances/write.sql")).await?;
    execute(tx, include_str!("balances/confirm.sql")).await
}
