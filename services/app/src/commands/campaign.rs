//! Counting, explaining and launching campaigns.

mod file;
mod targets;
pub mod count;
pub mod explain;
mod report;
mod confirm;

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use audience::Query;
use chrono::TimeDelta;
use content::CompiledContent;
use model::ambient::Entropy as _;
use model::holdout::Holdout;
use model::ids::{InstitutionId, TopicId};
use model::keys::KeyId;
use model::permission::{Question, RenewalWindow};
use model::vocabulary::{Channel, Purpose};
use store::audience::{Audience, Counted};
use store::launch::{Launched, NewLaunch, Review};
use store::{Store, cap, gate, launch, statistics};

use super::app_store;
use crate::ambient::MachineEntropy;
use crate::cli::LaunchCampaignArgs;
use crate::keys;
use crate::say::say;
use crate::settings::Settings;
pub(super) use targets::Named;

pub use count::step;
pub use file::CampaignFile;
pub use report::waterfall_table;

/// An audience as somebody asks for it: names and queries that are not checked yet.
#[derive(Clone, Debug)]
pub struct Asked {
    targets: Vec<Named>,
    exclude: Vec<Named>,
    purpose: Purpose,
    channel: Channel,
    organisation: String,
    renewal: Option<RenewalWindow>,
    holdout: Option<Holdout>,
}

impl Asked {
    /// The audience of a campaign file.
    ///
    /// # Errors
    /// When its targets cannot be read.
    fn of(file: &CampaignFile) -> anyhow::Result<Self> {
        Ok(Self {
            targets: file.targets()?,
            exclude: file.exclude()?,
            purpose: file.purpose,
            channel: Channel::Email,
            organisation: file.organisation.clone(),
            renewal: file.renewal,
            holdout: file.holdout.clone(),
        })
    }
}

/// Launches, and prints the frozen waterfall. When the launch waits for its number and a person sits at the terminal, asks them.
pub async fn launch(settings: &Settings, args: &LaunchCampaignArgs) -> anyhow::Result<()> {
    let file = CampaignFile::read(&args.campaign.campaign)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.campaign.institution).await?;
    let token_key = keys::load(&settings.state)?.token.current().0;
    let review = Review { reviewed: args.reviewed.or(file.reviewed), confirmed: args.confirm };
    let launched = match launch_in(&store, silo, file.clone(), token_key, review).await {
        Err(error) => {
            let typed = confirm::awaited(&error).map(confirm::ask).transpose()?.flatten();
            let Some(confirmed) = typed else { return Err(error) };
            let review = Review { confirmed: Some(confirmed), ..review };
            launch_in(&store, silo, file, token_key, review).await?
        }
        Ok(launched) => launched,
    };
    if args.campaign.json {
        say!("{}", serde_json::to_string_pretty(&launched)?)?;
        return Ok(());
    }
    match launched.new {
        true => say!("launch {} runs", launched.occurrence)?,
        false => say!(
            "launch {} was there before under this key; nothing was launched again",
            launched.occurrence
        )?,
    }
    say!("{}", waterfall_table(&launched.waterfall).trim_end())?;
    Ok(())
}

/// The waterfall that a launch of this campaign would freeze.
pub async fn count_in(store: &Store, silo: InstitutionId, file: &CampaignFile) -> anyhow::Result<Counted> {
    let audience = prepare(store, silo, Asked::of(file)?).await?;
    count::count(store, silo, audience).await
}

/// Freezes a campaign's audience and makes it run.
pub async fn launch_in(
    store: &Store,
    silo: InstitutionId,
    file: CampaignFile,
    token_key: KeyId,
    review: Review,
) -> anyhow::Result<Launched> {
    let compiled =
        CompiledContent::compile(&file.content).map_err(|findings| listed("the content", &findings))?;
    let audience = prepare(store, silo, Asked::of(&file)?).await?;
    let new = NewLaunch {
        key: file.key,
        public_id: MachineEntropy.uuid(),
        name: file.name,
        audience,
        content: (serde_json::to_value(compiled.source())?, *compiled.hash()),
        links: compiled.links().iter().map(|link| link.url.clone()).collect(),
        sender: file.sender,
        token_key,
        lifetime: TimeDelta::try_hours(file.lifetime_hours).context("lifetime_hours is out of range")?,
        by: file.by,
        review,
    };
    let launched = store
        .scoped(silo, move |mut tx| async move {
            let launched = launch::launch(&mut tx, &new).await?;
            tx.commit(launched).await
        })
        .await?;
    if launched.new && launched.waterfall.matched >= i64::try_from(statistics::WORTH_IT)? {
        store.refresh_statistics(statistics::Part::Ledger).await?;
    }
    Ok(launched)
}

/// The audience of a campaign file.
pub(super) async fn audience_of(store: &Store, silo: InstitutionId, file: &Path) -> anyhow::Result<Audience> {
    prepare(store, silo, Asked::of(&CampaignFile::read(file)?)?).await
}

/// The targets in a file: one, or all those of a campaign, its exclusions last.
pub(super) fn targets_in(file: &Path) -> anyhow::Result<Vec<Named>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("target file {}", file.display()))?;
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    if ["target", "targets"].iter().any(|field| json.get(field).is_some()) {
        let campaign = CampaignFile::read(file)?;
        return Ok([campaign.targets()?, campaign.exclude()?].concat());
    }
    Ok(vec![targets::read(file)?])
}

/// The query in a target file.
pub(super) fn target_in(file: &Path) -> anyhow::Result<Query> {
    targets::read(file).map(Named::into_query)
}

/// A channel that this release sends on.
///
/// # Errors
/// Names those that there are.
pub(super) fn channel(word: &str) -> anyhow::Result<Channel> {
    let found = gate::CHANNELS.iter().copied().find(|channel| channel.word() == word);
    found.with_context(|| {
        let words: Vec<&str> = gate::CHANNELS.iter().map(|channel| channel.word()).collect();
        format!("--channel: {word} is none of those that are sent on: {}", words.join(", "))
    })
}

/// Checks the targets against the institution's names and binds the policy and the cap in force.
async fn prepare(store: &Store, silo: InstitutionId, asked: Asked) -> anyhow::Result<Audience> {
    if asked.purpose == Purpose::ContractNotice {
        bail!(
            "purpose: the audience of a contract notice comes from the order lines of a product, never from a target"
        );
    }
    if let Some(fault) = asked.holdout.as_ref().and_then(Holdout::fault) {
        bail!("holdout.{fault}");
    }
    ensure!(
        asked.holdout.is_none() || asked.purpose == Purpose::Marketing,
        "holdout: only marketing is held out; leave it away for {}",
        asked.purpose
    );
    let (named, channel) = (asked.clone(), asked.channel);
    let (names, policy, cap, today) = store
        .scoped(silo, move |mut tx| async move {
            let all: Vec<&Named> = named.targets.iter().chain(&named.exclude).collect();
            let names = targets::catalogue(&mut tx, &all).await?;
            let (policy, cap) = (tx.policy().await?, cap::in_force(&mut tx, channel).await?);
            let today = tx.today();
            tx.commit((names, policy, cap, today)).await
        })
        .await?;
    let organisation = names
        .organisation(&asked.organisation)
        .map_err(|reason| anyhow::anyhow!("organisation: {reason}"))?;
    let question = Question {
        purpose: asked.purpose,
        unset_means: *policy.unset.get(channel),
        retention_months: policy.retention_months,
        today,
        renewal: asked.renewal,
    };
    let targets = targets::checked(asked.targets, asked.exclude, &names)?;
    Ok(Audience {
        targets,
        question,
        channel,
        organisation,
        topic: TopicId::NONE,
        cap,
        holdout: asked.holdout,
    })
}

/// Every finding on a line of its own, under one heading.
pub fn listed<E: std::fmt::Display>(what: &str, findings: &[E]) -> anyhow::Error {
    let lines: Vec<String> = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    anyhow::anyhow!("{what} cannot be used:{}", lines.concat())
}
