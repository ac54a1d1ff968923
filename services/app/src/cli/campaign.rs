//! What can be asked about a campaign.

use std::path::PathBuf;

use clap::Args;

/// A campaign file.
#[derive(Debug, Args)]
pub struct CampaignArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
    /// The campaign (JSON): purpose, organisation, targets, sender, content.
    pub campaign: PathBuf,
}

/// An audience: that of a campaign file, or of targets that no campaign has yet.
#[derive(Debug, Args)]
pub struct CountArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
    /// The campaign (JSON).
    #[arg(required_unless_present = "target", conflicts_with = "target")]
    pub campaign: Option<PathBuf>,
    /// Instead of a campaign: a file with a target (JSON); several add up.
    #[arg(long, requires_all = ["purpose", "organisation"])]
    pub target: Vec<PathBuf>,
    /// A file with a target whose contacts are left out.
    #[arg(long, requires = "target")]
    pub exclude: Vec<PathBuf>,
    /// What they would be written to for: marketing or consent_renewal.
    #[arg(long, requires = "target")]
    pub purpose: Option<String>,
    /// On which channel.
    #[arg(long, default_value = "email")]
    pub channel: String,
    /// In whose name: the external id of an organisation, or source/id.
    #[arg(long, requires = "target")]
    pub organisation: Option<String>,
    /// For a consent renewal: the first day of the window in which recency must lie.
    #[arg(long, requires = "renewal_until")]
    pub renewal_from: Option<chrono::NaiveDate>,
    /// For a consent renewal: its last day.
    #[arg(long, requires = "renewal_from")]
    pub renewal_until: Option<chrono::NaiveDate>,
    /// Who is behind one step, as a file.
    #[command(flatten)]
    pub lists: Lists,
}

/// The contacts behind one step of a waterfall.
#[derive(Debug, Args)]
pub struct Lists {
    /// Write the contacts of one step to a file: a reason, or `planned` for those who would be written to.
    #[arg(long, requires = "out", value_name = "REASON")]
    pub list: Option<String>,
    /// The file, which must not be there yet (CSV: source, external_id, reason, also).
    #[arg(long, requires = "list", value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A campaign that is to be launched.
#[derive(Debug, Args)]
pub struct LaunchCampaignArgs {
    /// The campaign.
    #[command(flatten)]
    pub campaign: CampaignArgs,
    /// How many `count` said would be written to, when somebody reviewed it; stands before the campaign file's own figure.
    #[arg(long)]
    pub reviewed: Option<i64>,
    /// How many will be written to, typed by whoever launches: needed for a large launch, and for one that is not what was reviewed.
    #[arg(long)]
    pub confirm: Option<i64>,
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

/// A frequency cap. Without a number: shows what was set, the newest first.
#[derive(Debug, Args)]
pub struct CapArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// Which channel.
    #[arg(long, default_value = "email")]
    pub channel: String,
    /// The most marketing messages.
    #[arg(long, requires_all = ["days", "by"], conflicts_with = "none")]
    pub messages: Option<u16>,
    /// In how many days.
    #[arg(long, requires = "messages")]
    pub days: Option<u16>,
    /// Lift the cap.
    #[arg(long, requires = "by")]
    pub none: bool,
    /// The person who sets it.
    #[arg(long)]
    pub by: Option<String>,
}
