//! Showing and changing what an institution chose within its country's pack.

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use model::policy::Policy;
use model::vocabulary::{ClickTracking, UnsetMeans};
use serde_json::{Value, json};
use store::policy::{self, Version};

use super::app_store;
use crate::cli::{PolicyArgs, PolicyChangeArgs, PolicyCommand};
use crate::say::say;
use crate::settings::Settings;

/// Does what was asked.
pub async fn run(settings: &Settings, args: &PolicyArgs) -> anyhow::Result<()> {
    match &args.what {
        PolicyCommand::Show { on } => show(settings, &args.institution, *on).await,
        PolicyCommand::Change(change) => self::change(settings, &args.institution, change).await,
    }
}

/// A word of the command line as what unset means.
pub fn unset(argument: &str, word: &str) -> anyhow::Result<UnsetMeans> {
    UnsetMeans::from_word(word)
        .with_context(|| format!("{argument}: {word} is none of refusals_only, soft_opt_in, explicit"))
}

async fn show(settings: &Settings, institution: &str, on: Option<NaiveDate>) -> anyhow::Result<()> {
    let store = app_store(settings).await?;
    let silo = store.institution(institution).await?;
    let shown = store
        .scoped(silo, move |mut tx| async move {
            let shown = match on {
                Some(day) => {
                    let at = tx.end_of(day);
                    described(&policy::version_in_force(&mut tx, Some(at)).await?, day)?
                }
                None => {
                    let (versions, today) = (policy::versions(&mut tx).await?, tx.today());
                    versions.iter().map(|version| described(version, today)).collect::<store::Result<_>>()?
                }
            };
            tx.commit(shown).await
        })
        .await?;
    say!("{}", serde_json::to_string_pretty(&shown)?)?;
    Ok(())
}

fn described(version: &Version, day: NaiveDate) -> store::Result<Value> {
    Ok(json!({
        "version": version.number,
        "since": version.since,
        "by": version.by,
        "why": version.why,
        "pack": version.pack,
        "chosen": choices(&version.chosen),
        "on": day,
        "under_the_law_of_that_day": choices(&version.on(day)?),
    }))
}

/// The choices of a policy as they are written.
pub fn choices(policy: &Policy) -> Value {
    json!({
        "unset": policy.unset,
        "unset_reason": policy.unset_reason,
        "retention_months": policy.retention_months,
        "consent_age": policy.consent_age,
        "click_tracking": policy.click_tracking,
    })
}

async fn change(settings: &Settings, institution: &str, args: &PolicyChangeArgs) -> anyhow::Result<()> {
    let asked = Asked::read(args)?;
    let (by, why) = (args.by.clone(), args.why.clone());
    let store = app_store(settings).await?;
    let silo = store.institution(institution).await?;
    let changed = store
        .scoped(silo, move |mut tx| async move {
            let before = policy::version_in_force(&mut tx, None).await?.chosen;
            let changed = policy::change(&mut tx, &asked.applied_to(before), &by, &why).await?;
            tx.commit(changed).await
        })
        .await?;
    say!("version {} of the policy is in force", changed.version)?;
    if changed.loosened {
        say!("it is looser than the one before: launches made until now stay under what held then")?;
    }
    Ok(())
}

/// What a change names, read before the database is asked.
struct Asked {
    email: Option<UnsetMeans>,
    sms: Option<UnsetMeans>,
    phone: Option<UnsetMeans>,
    post: Option<UnsetMeans>,
    unset_reason: Option<String>,
    retention_months: Option<u32>,
    click_tracking: Option<ClickTracking>,
}

impl Asked {
    fn read(args: &PolicyChangeArgs) -> anyhow::Result<Self> {
        let means =
            |argument, word: &Option<String>| word.as_deref().map(|word| unset(argument, word)).transpose();
        let clicks = match args.click_tracking.as_deref() {
            None => None,
            Some(word) => match ClickTracking::from_word(word) {
                Some(choice) => Some(choice),
                None => bail!("--click-tracking: {word} is none of unless_refused, only_if_granted, off"),
            },
        };
        Ok(Self {
            email: means("--unset-email", &args.unset_email)?,
            sms: means("--unset-sms", &args.unset_sms)?,
            phone: means("--unset-phone", &args.unset_phone)?,
            post: means("--unset-post", &args.unset_post)?,
            unset_reason: args.unset_reason.clone(),
            retention_months: args.retention_months,
            click_tracking: clicks,
        })
    }

    fn applied_to(&self, before: Policy) -> Policy {
        let mut wanted = before;
        wanted.unset.email = self.email.unwrap_or(wanted.unset.email);
        wanted.unset.sms = self.sms.unwrap_or(wanted.unset.sms);
        wanted.unset.phone = self.phone.unwrap_or(wanted.unset.phone);
        wanted.unset.post = self.post.unwrap_or(wanted.unset.post);
        wanted.unset_reason = self.unset_reason.clone().or(wanted.unset_reason);
        wanted.retention_months = self.retention_months.unwrap_or(wanted.retention_months);
        wanted.click_tracking = self.click_tracking.unwrap_or(wanted.click_tracking);
        wanted
    }
}
