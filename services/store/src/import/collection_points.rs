//! Collection points. A yes that names one which is not registered waits for it.

use intake::words::Word as _;
use intake::{Row, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::execute_from;
use crate::{Result, Tx};

impl Staged for records::CollectionPoint {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { external_id, name, organisation, kind, policy_url, notice_version } = &row.record;
        with.push(
            row,
            external_id.as_str(),
            &[external_id, name, organisation, &kind.word(), policy_url, notice_version],
            out,
        );
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<()> {
    execute_from(tx, &run.source, include_str!("collection_points/write.sql")).await
}
