//! The campaign file: everything that a launch freezes, in one JSON object.

use std::path::Path;

use anyhow::{Context as _, bail};
use content::EmailContent;
use model::holdout::Holdout;
use model::permission::RenewalWindow;
use model::vocabulary::Purpose;
use serde::Deserialize;
use serde_json::Value;
use store::launch::Sender;

use super::targets::{Named, named};

/// A campaign as its author wrote it. `docs/campaign-file.md` shows one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignFile {
    /// Names the launch: the same key never launches twice.
    pub key: String,
    /// For people.
    pub name: String,
    /// Why.
    pub purpose: Purpose,
    /// In whose name: the external id of an organisation, or `source/id` where several sources have that id.
    pub organisation: String,
    /// To whom: a query. Either this or `targets`.
    #[serde(default)]
    pub target: Option<Value>,
    /// To whom: several queries, each with a name or without; whoever is in one of them is meant.
    #[serde(default)]
    pub targets: Vec<Value>,
    /// To whom not: queries, as in `targets`.
    #[serde(default)]
    pub exclude: Vec<Value>,
    /// Whom to leave alone, to measure.
    #[serde(default)]
    pub holdout: Option<Holdout>,
    /// How many would be written to when somebody reviewed it.
    #[serde(default)]
    pub reviewed: Option<i64>,
    /// What it says. A `subject`, `text` or `html` that begins with `@` names a file beside this one.
    pub content: EmailContent,
    /// Who writes.
    pub sender: Sender,
    /// Hours after the launch in which a message may leave.
    #[serde(default = "two_days")]
    pub lifetime_hours: i64,
    /// For a consent renewal: the days between which recency must lie.
    #[serde(default)]
    pub renewal: Option<RenewalWindow>,
    /// The person who launches.
    pub by: String,
}

/// Marketing gives up within 24 to 48 hours (EM-63).
const fn two_days() -> i64 {
    48
}

impl CampaignFile {
    /// Reads a campaign and the files that it names.
    ///
    /// # Errors
    /// One sentence that names the file, and the field where it has one.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let place = || format!("campaign file {}", path.display());
        let text = std::fs::read_to_string(path).with_context(place)?;
        let mut json = serde_json::Deserializer::from_str(&text);
        let mut file: Self = serde_path_to_error::deserialize(&mut json).with_context(place)?;
        json.end().with_context(place)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for part in [&mut file.content.subject, &mut file.content.text, &mut file.content.html] {
            if let Some(name) = part.strip_prefix('@') {
                let beside = folder.join(name);
                let read = std::fs::read_to_string(&beside)
                    .with_context(|| format!("content file {}", beside.display()))?;
                *part = read.trim_end_matches('\n').to_owned();
            }
        }
        Ok(file)
    }

    /// Whom it is for.
    ///
    /// # Errors
    /// When neither or both of `target` and `targets` are there, or when one is no query.
    pub(super) fn targets(&self) -> anyhow::Result<Vec<Named>> {
        match (&self.target, &self.targets[..]) {
            (Some(target), []) => Ok(vec![named(target, "the target")?]),
            (None, []) => bail!("target: say whom it is for, with `target` or with `targets`"),
            (None, targets) => each(targets, "target"),
            (Some(_), _) => bail!("targets: there is a `target` already; write all of them as `targets`"),
        }
    }

    /// Whom it is not for.
    ///
    /// # Errors
    /// When one is no query.
    pub(super) fn exclude(&self) -> anyhow::Result<Vec<Named>> {
        each(&self.exclude, "exclusion")
    }
}

/// Those without a name are called by their place.
fn each(written: &[Value], what: &str) -> anyhow::Result<Vec<Named>> {
    written.iter().zip(1..).map(|(value, place)| named(value, &format!("{what} {place}"))).collect()
}
