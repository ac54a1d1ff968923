//! Organisations. Answers that waited for one are taken with it: no message of an organisation precedes a no to it.

use intake::{Kind, Row, records};

use super::Late;
use super::authorisations::LateAnswers;
use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::execute_from;
use crate::{Result, Tx};

impl Staged for records::Organisation {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { external_id, name } = &row.record;
        with.push(row, external_id.as_str(), &[external_id, name], out);
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<Late> {
    execute_from(tx, &run.source, include_str!("organisations/write.sql")).await?;
    let Some(late) = LateAnswers::find(tx, run, Kind::Organisations).await? else { return Ok(Late::new()) };
    let counts = late.resolve(tx, run).await?;
    super::authorisations::write(tx, run).await?;
    Ok(Late::from([(Kind::Authorisations, counts)]))
}
