//! Setting an installation up.

use std::fs;

use anyhow::Context as _;
use chrono::TimeDelta;
use model::ambient::Clock as _;
use model::ambient::Entropy as _;
use model::pack::{ClickTracking, Pack, PerChannel};
use model::policy::Policy;
use store::institution::NewInstitution;
use store::migrate::Mode;

use super::{options, policy};
use crate::ambient::{MachineClock, MachineEntropy};
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
    let pack = Pack::find(&args.pack, MachineClock.now().date_naive()).with_context(|| {
        let packs: Vec<&str> = Pack::codes().collect();
        format!("--pack: there is no pack {}; there are {}", args.pack, packs.join(", "))
    })?;
    let clicks = args.track_unless_refused.then_some(ClickTracking::UnlessRefused);
    let chosen = Policy {
        unset: PerChannel {
            email: policy::unset("--unset-email", &args.unset_email)?,
            sms: policy::unset("--unset-sms", &args.unset_sms)?,
            phone: policy::unset("--unset-phone", &args.unset_phone)?,
            post: policy::unset("--unset-post", &args.unset_post)?,
        },
        unset_reason: args.unset_reason.clone(),
        retention_months: args.retention_months.unwrap_or(pack.retention_months.value),
        consent_age: args.consent_age.unwrap_or(pack.consent_age.value),
        click_tracking: clicks.unwrap_or(pack.click_tracking.value),
    };
    let new = NewInstitution {
        public_id: MachineEntropy.uuid(),
        code: args.code.clone(),
        name: args.name.clone(),
        zone: args.zone.clone(),
        pack,
        policy: chosen,
        by: args.by.clone(),
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
