//! The command line: what can be asked of the binary, and nothing about how it is done.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Campaign targeting and messaging: who may be contacted, on which channel, and why.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// Settings file; `ops/product.toml` describes every setting.
    #[arg(long, global = true, env = "RAPPEL_SETTINGS")]
    pub settings: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Roles run until they are told to stop; commands do one thing and end.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Role: claim, render, sign and send what the dispatcher publishes.
    Work,
    /// Role: dispatch, sweep, reconcile, judge hits, settle refusals, seal evidence.
    Schedule,
    /// Role: tracked links, unsubscribe pages and one-click refusals.
    Track,
    /// Role: all of them in this process, on RabbitMQ.
    All,
    /// Create or upgrade the schema and the database roles.
    Migrate {
        /// A test installation may move its business clock.
        #[arg(long)]
        test: bool,
    },
    /// Make the secret keys of this installation.
    Keys,
    /// Create an institution.
    Institution(InstitutionArgs),
    /// Read a file of another system, or all that come into a folder.
    Import(ImportArgs),
    /// Say how files of another system are to be read.
    Mapping {
        /// Institution code.
        #[arg(long)]
        institution: String,
        /// What to do.
        #[command(subcommand)]
        what: MappingCommand,
    },
    /// Count a campaign's audience: who is reachable, and why the others are not.
    Count(CampaignArgs),
    /// Explain one contact's place in a campaign's audience.
    Explain(ExplainArgs),
    /// Freeze a campaign's audience and send.
    Launch(CampaignArgs),
    /// Hold a launch.
    Pause(LaunchArgs),
    /// Let a held launch go on.
    Resume(LaunchArgs),
    /// Stop a launch for good; when this returns, nothing more leaves.
    Cancel(LaunchArgs),
    /// Where the messages of a launch stand.
    Status(LaunchArgs),
    /// Prove that every stored projection is what its evidence says.
    Verify {
        /// Institution code.
        #[arg(long)]
        institution: String,
        /// Which projection.
        #[command(subcommand)]
        what: Projection,
    },
    /// Write a signed checkpoint of the evidence seal, to be kept elsewhere.
    Checkpoint(CheckpointArgs),
    /// Move the business clock of a test installation, in seconds from now.
    Clock {
        /// Seconds ahead of the machine's clock; negative: behind.
        #[arg(long, allow_hyphen_values = true)]
        offset_seconds: i64,
    },
    /// Walk through everything with a private database and captured mail.
    Demo(DemoArgs),
}

/// What can be done with mappings.
#[derive(Debug, Subcommand)]
pub enum MappingCommand {
    /// Check a mapping and save it, in place of the one that has the name.
    Save {
        /// The name for `import --mapping`.
        name: String,
        /// The mapping (JSON); `docs/imports.md` explains it.
        file: PathBuf,
    },
    /// The names of all.
    List,
    /// Print one as it was written.
    Show {
        /// Its name.
        name: String,
    },
}

/// What `verify` can rebuild and compare.
#[derive(Debug, Subcommand)]
pub enum Projection {
    /// GDPR recency from the activities.
    Recency,
    /// Permission from the evidence log.
    Gate,
    /// The seal over the evidence log.
    Evidence(EvidenceArgs),
}

/// What the seal is compared with, beside the log that it covers.
#[derive(Debug, Args)]
pub struct EvidenceArgs {
    /// A file that `rappel checkpoint` wrote: also proves that the seal was neither cut off nor made anew since then.
    #[arg(long)]
    pub checkpoint: Option<PathBuf>,
    /// The public part of the checkpoint's key, kept with it; default: the one in `state/keys`.
    #[arg(long, requires = "checkpoint")]
    pub public_key: Option<PathBuf>,
}

/// A checkpoint of one institution.
#[derive(Debug, Args)]
pub struct CheckpointArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// The folder to write it to, best one that this host can write to and the database's cannot.
    #[arg(long, default_value = ".")]
    pub out: PathBuf,
}

/// A new institution.
#[derive(Debug, Args)]
pub struct InstitutionArgs {
    /// Short name for the command line.
    #[arg(long)]
    pub code: String,
    /// The name that contacts know.
    #[arg(long)]
    pub name: String,
    /// IANA time zone.
    #[arg(long)]
    pub zone: String,
    /// Country pack.
    #[arg(long, default_value = "FR")]
    pub pack: String,
    /// What an unset answer means for marketing by email: refusals_only, soft_opt_in or explicit.
    #[arg(long)]
    pub unset_email: String,
    /// The privacy officer's dated reason, for refusals_only.
    #[arg(long)]
    pub unset_reason: Option<String>,
    /// Months without activity after which a contact is not kept; the pack's figure or less.
    #[arg(long)]
    pub retention_months: Option<u32>,
    /// Track links unless refused, instead of the pack's default.
    #[arg(long)]
    pub track_unless_refused: bool,
}

/// A file to import, or a folder of files.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// What the rows are: organisations, wordings, collection_points, criteria, indicators, places, contacts, products,
    /// order_lines, activities, balances, indicator_values, authorisations.
    #[arg(long, required_unless_present = "mapping", conflicts_with = "mapping")]
    pub kind: Option<String>,
    /// The system that the ids belong to.
    #[arg(long, required_unless_present = "mapping", conflicts_with = "mapping")]
    pub source: Option<String>,
    /// The mapping that reads the file; with --watch several, told apart by the files that they name.
    #[arg(long)]
    pub mapping: Vec<String>,
    /// The instant at which the file was true (RFC 3339); default: now.
    #[arg(long, conflicts_with = "watch")]
    pub as_of: Option<String>,
    /// Check and report, change nothing.
    #[arg(long, conflicts_with = "watch")]
    pub dry_run: bool,
    /// Where to write the rejected rows; default: beside the file, with `.rejected.csv`.
    #[arg(long, conflicts_with = "watch")]
    pub rejected: Option<PathBuf>,
    /// Import the files that come into this folder, each once, until a signal; they go to `done` or `failed` in it.
    #[arg(long, requires = "mapping", conflicts_with = "file", value_name = "DIR")]
    pub watch: Option<PathBuf>,
    /// Import the files that are in the folder, and end.
    #[arg(long, requires = "watch")]
    pub once: bool,
    /// `.csv`, or `.ndjson` with one object a line.
    #[arg(required_unless_present = "watch")]
    pub file: Option<PathBuf>,
}

/// A campaign file.
#[derive(Debug, Args)]
pub struct CampaignArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
    /// The campaign (JSON): purpose, organisation, target, sender, content.
    pub campaign: PathBuf,
}

/// One contact of a campaign.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The campaign.
    #[command(flatten)]
    pub campaign: CampaignArgs,
    /// The system that the contact's id belongs to.
    #[arg(long)]
    pub source: String,
    /// The contact's id there.
    #[arg(long)]
    pub contact: String,
}

/// One launch.
#[derive(Debug, Args)]
pub struct LaunchArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// The occurrence id that `launch` printed.
    pub occurrence: i32,
}

/// The demo.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Run to the end and exit instead of serving a start page.
    #[arg(long)]
    pub once: bool,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}
