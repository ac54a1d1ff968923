//! Order lines: one row and one activity per contact and role, and the purchase evidence of a soft opt-in (LA-22).
//!
//! A line that was returned or cancelled stays, and counts at its order date. A corrected line is taken out with its
//! activities and written anew, since its contacts may be others.

use intake::{Kind, Row, record_id, records};
use model::ids::ContactId;
use model::recency::line_activity;
use model::vocabulary::{HolderRole, LineState};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::run::Run;
use super::stage::{contacts, execute};
use crate::{Result, Tx, gate, recency};

impl Staged for records::OrderLine {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let line = &row.record;
        let activity = |role: HolderRole| {
            record_id(Kind::OrderLines, &with.source, line.external_id.as_str(), role.word())
        };
        let voided = match line.state {
            LineState::Returned | LineState::Cancelled => true,
            LineState::Option | LineState::Confirmed | LineState::Reserved | LineState::Sold => false,
        };
        with.push(
            row,
            line.external_id.as_str(),
            &[
                &line.organisation,
                &line.product,
                &line.purchaser,
                &line.cultural_contact,
                &activity(HolderRole::Purchaser),
                &activity(HolderRole::CulturalContact),
                &line_activity(line.state).number(),
                &line.state.number(),
                &voided,
                &line.ordered_on,
                &i32::try_from(line.quantity).unwrap_or(i32::MAX),
                &line.amount,
                &line.opt_out_wording,
            ],
            out,
        );
    }
}

pub(super) async fn write(tx: &mut Tx, run: &Run) -> Result<()> {
    let mut buyers = contacts(tx, include_str!("order_lines/evidence.sql")).await?;
    let former = contacts(tx, include_str!("order_lines/forget_activities.sql")).await?;
    execute(tx, include_str!("order_lines/forget.sql")).await?;
    execute(tx, include_str!("order_lines/write.sql")).await?;
    execute(tx, include_str!("order_lines/write_activities.sql")).await?;
    execute(tx, include_str!("order_lines/confirm.sql")).await?;
    if run.keeps_projections() {
        execute(tx, include_str!("order_lines/raise.sql")).await?;
        recency::recompute(tx, &former).await?;
        buyers.extend(contacts(tx, include_str!("order_lines/evidence.sql")).await?);
        project_evidence(tx, buyers).await?;
    }
    Ok(())
}

/// What a purchase says about a soft opt-in is part of the gates' scopes.
async fn project_evidence(tx: &mut Tx, mut buyers: Vec<ContactId>) -> Result<()> {
    buyers.sort_unstable();
    buyers.dedup();
    if buyers.is_empty() {
        return Ok(());
    }
    gate::lock(tx, &buyers).await?;
    gate::project(tx, &buyers).await
}
