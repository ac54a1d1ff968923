//! Setting an installation up.

use std::fs;

use anyhow::{Context as _, bail};
use chrono::TimeDelta;
use model::ambient::Entropy as _;
use model::pack::{ClickTracking, Pack};
use model::vocabulary::UnsetMeans;
use store::institution::NewInstitution;
use store::migrate::Mode;

use super::options;
use crate::ambient::MachineEntropy;
use crate::cli::InstitutionArgs;
use crate::keys;
use crate::say::say;
use crate::settings::Settings;

/// Brings the schema up to date.
pub async fn migrate(settings: &Settings, test: bool) -> anyhow::Result<()> {
    let owner = options(&settings.database.owner_url, "database.owner_url")?;
    let mode = if test { Mode::Test } else { Mode::Production };
    store::migrate::migrate(&owner, mode, MachineEntropy.uuid()).await?;
    say!("the schema is up to date")?;
    Ok(())
}

/// Makes the missing keys.
pub fn keys(settings: &Settings) -> anyhow::Result<()> {
    let made = keys::init(&settings.state, &MachineEntropy)?;
    for path in &made {
        let public = path.extension().is_some_and(|end| end == "pub");
        let text = if public { format!(": {}", fs::read_to_string(path)?.trim()) } else { String::new() };
        say!("made {}{text}", path.display())?;
    }
    if made.is_empty() {
        say!("every key is there already")?;
    }
    Ok(())
}

/// Creates an institution.
pub async fn institution(settings: &Settings, args: &InstitutionArgs) -> anyhow::Result<()> {
    let pack = Pack::find(&args.pack)
        .with_context(|| format!("--pack: there is no pack {}; there is FR", args.pack))?;
    let Some(unset_email) = UnsetMeans::from_word(&args.unset_email) else {
        bail!("--unset-email: {} is none of refusals_only, soft_opt_in, explicit", args.unset_email);
    };
    let new = NewInstitution {
        public_id: MachineEntropy.uuid(),
        code: args.code.clone(),
        name: args.name.clone(),
        zone: args.zone.clone(),
        retention_months: args.retention_months.unwrap_or(pack.retention_months),
        pack,
        unset_email,
        unset_reason: args.unset_reason.clone(),
        click_tracking: args.track_unless_refused.then_some(ClickTracking::UnlessRefused),
    };
    let owner = options(&settings.database.owner_url, "database.owner_url")?;
    let id = store::institution::create(&owner, &new).await?;
    say!("institution {} has id {id}", new.code)?;
    Ok(())
}

/// Moves the business clock of a test installation.
pub async fn clock(settings: &Settings, offset_seconds: i64) -> anyhow::Result<()> {
    let owner = options(&settings.database.owner_url, "database.owner_url")?;
    let offset = TimeDelta::try_seconds(offset_seconds).context("--offset-seconds is out of range")?;
    store::migrate::set_clock_offset(
        &owner,
        offset.num_microseconds().context("--offset-seconds is out of range")?,
    )
    .await?;
    say!("the business clock is {offset_seconds} s ahead of the machine's")?;
    Ok(())
}
