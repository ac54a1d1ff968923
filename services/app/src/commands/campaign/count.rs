//! `rappel count`: the waterfall of a campaign, or of targets that no campaign has yet, and the lists behind it.

use std::path::PathBuf;

use anyhow::Context as _;
use model::ids::InstitutionId;
use model::permission::{Reason, RenewalWindow};
use model::vocabulary::Purpose;
use store::Store;
use store::audience::{Audience, Counted};

use super::file::CampaignFile;
use super::targets::Named;
use super::{Asked, app_store, channel, prepare, report, targets};
use crate::cli::CountArgs;
use crate::commands::target::missing_values;
use crate::say::say;
use crate::settings::Settings;

/// The word for those who are left out by no rule.
const PLANNED: &str = "planned";

/// Prints the waterfall, and writes a list when one is asked for, without changing anything.
pub async fn run(settings: &Settings, args: &CountArgs) -> anyhow::Result<()> {
    let list = args.lists.list.as_deref().map(|word| step("--list", word)).transpose()?;
    let asked = asked(args)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let audience = prepare(&store, silo, asked).await?;
    let counted = count(&store, silo, audience.clone()).await?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&counted)?)?;
    } else {
        say!("{}", report::counted_table(&counted).trim_end())?;
        say_missing(&store, silo, audience.clone()).await?;
    }
    let (Some(first), Some(path)) = (list, &args.lists.out) else { return Ok(()) };
    let contacts = store
        .scoped(silo, move |mut tx| async move {
            let contacts = audience.step(&mut tx, first).await?;
            tx.commit(contacts).await
        })
        .await?;
    report::write(path, &contacts)
}

/// Says whom the leaves of the targets cannot judge, for want of what they ask about.
async fn say_missing(store: &Store, silo: InstitutionId, audience: Audience) -> anyhow::Result<()> {
    let lines = store
        .scoped(silo, move |mut tx| async move {
            let several = audience.targets.all().count() > 1;
            let mut lines = Vec::new();
            for target in audience.targets.all() {
                let missing = missing_values(&mut tx, &target.written, &target.checked).await?;
                let name = if several { format!("{}, ", target.name) } else { String::new() };
                lines.extend(missing.iter().map(|line| format!("{name}{line}")));
            }
            tx.commit(lines).await
        })
        .await?;
    for line in lines {
        say!("{line}")?;
    }
    Ok(())
}

/// The waterfall of an audience.
pub async fn count(store: &Store, silo: InstitutionId, audience: Audience) -> anyhow::Result<Counted> {
    let counted = store.scoped(silo, move |mut tx| async move {
        let counted = audience.count(&mut tx).await?;
        tx.commit(counted).await
    });
    Ok(counted.await?)
}

/// What is asked about: the campaign file's audience, or the one on the command line.
fn asked(args: &CountArgs) -> anyhow::Result<Asked> {
    if let Some(path) = &args.campaign {
        return Asked::of(&CampaignFile::read(path)?);
    }
    let word = args.purpose.as_deref().unwrap_or_default();
    let purpose = Purpose::from_word(word)
        .with_context(|| format!("--purpose: {word} is none of marketing, consent_renewal"))?;
    Ok(Asked {
        targets: read(&args.target)?,
        exclude: read(&args.exclude)?,
        purpose,
        channel: channel(&args.channel)?,
        organisation: args.organisation.clone().unwrap_or_default(),
        renewal: args.renewal_from.zip(args.renewal_until).map(|(from, until)| RenewalWindow { from, until }),
        holdout: None,
    })
}

fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Named>> {
    paths.iter().map(|path| targets::read(path)).collect()
}

/// A step of the waterfall: its reason, or none for those who are planned.
///
/// # Errors
/// Names the steps that there are.
pub fn step(argument: &str, word: &str) -> anyhow::Result<Option<Reason>> {
    if word == PLANNED {
        return Ok(None);
    }
    Reason::from_word(word).map(Some).with_context(|| {
        let words: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
        format!("{argument}: {word} is none of {PLANNED}, {}", words.join(", "))
    })
}
