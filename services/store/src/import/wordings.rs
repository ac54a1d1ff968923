//! Consent wordings. They are evidence: what a person was shown under an id is never another text later (CO-04).

use intake::{Flaw, Rejection, Row, Shape, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::execute_from;
use crate::{Result, Tx};

impl Staged for records::Wording {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let Self { external_id, text, channels, valid_months, language } = &row.record;
        let hash = row.record.text_hash();
        let channels = channels.iter().fold(0_i16, |bits, asked| bits | asked.bit());
        let valid_months = valid_months.map(|months| i16::try_from(months).unwrap_or(i16::MAX));
        with.push(
            row,
            external_id.as_str(),
            &[external_id, text, &hash, &channels, &valid_months, language],
            out,
        );
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<()> {
    execute_from(tx, &run.source, include_str!("wordings/write.sql")).await
}

pub(super) fn rejection(row: u64) -> Rejection {
    let flaw = Flaw::new(
        "the wording is registered with another text, other channels or another validity, and people answered it as it was",
        "register the new wording under an id of its own",
    );
    Rejection::new(row, "text", Shape::WellFormed, flaw)
}
