//! Activities: the bulk of every file, and the path that must keep up with COPY.
//!
//! One pass resolves names, one statement inserts, one raises recency. Earlier versions are looked up only when there can
//! be any: ids within a file are unique, so that the first run of a source meets none of its own rows.

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

/// The statement that resolves a chunk.
pub(super) const fn resolve(is_first_run: bool) -> &'static str {
    if is_first_run {
        include_str!("activities/resolve_first.sql")
    } else {
        include_str!("activities/resolve.sql")
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run, is_first_run: bool) -> Result<()> {
    let former =
        if is_first_run { Vec::new() } else { contacts(tx, include_str!("activities/forget.sql")).await? };
    execute(tx, include_str!("activities/write.sql")).await?;
    if run.keeps_projections() {
        execute(tx, include_str!("activities/raise.sql")).await?;
    }
    if is_first_run {
        return Ok(());
    }
    execute(tx, include_str!("activities/confirm.sql")).await?;
    if run.keeps_projections() {
        recency::recompute(tx, &former).await?;
    }
    Ok(())
}
