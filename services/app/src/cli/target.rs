//! What can be asked about targets.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done with targets.
#[derive(Debug, Subcommand)]
pub enum TargetCommand {
    /// Say in words whom a target selects.
    Words {
        /// The file, and the institution whose names it uses.
        #[command(flatten)]
        target: TargetArgs,
        /// en, fr, it or de.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Say what is wrong with a target; if nothing is, how many contacts have not what it asks about.
    Check(TargetArgs),
    /// Print the JSON Schema of targets.
    Schema,
    /// Save a target under a code, or a new version of it.
    Save(SaveArgs),
    /// Freeze a list: whom a target selects now, or the contacts behind one step of a campaign's waterfall.
    Freeze(FreezeArgs),
    /// Ask the query of a frozen list again, and say who came and who left.
    Refresh(NamedArgs),
    /// The saved targets.
    List(OfInstitution),
    /// Every version of a saved target.
    History(CodeArgs),
    /// Print what a saved target asks.
    Show(CodeArgs),
    /// Put a saved target away; refused while another target names it.
    Archive(CodeArgs),
    /// Count whom two saved targets select: only the one, both, only the other.
    Compare(CompareArgs),
}

/// A target in a file.
#[derive(Debug, Args)]
pub struct TargetArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// A target, or a campaign file with one (JSON).
    pub file: PathBuf,
}

/// An institution.
#[derive(Debug, Args)]
pub struct OfInstitution {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// A saved target.
#[derive(Debug, Args)]
pub struct CodeArgs {
    /// Where.
    #[command(flatten)]
    pub of: OfInstitution,
    /// The target's code.
    pub code: String,
}

/// A saved target that a person changes.
#[derive(Debug, Args)]
pub struct NamedArgs {
    /// Where.
    #[command(flatten)]
    pub of: OfInstitution,
    /// The person behind it.
    #[arg(long)]
    pub by: String,
    /// The target's code: 1 to 64 lower-case letters, digits, `-` and `_`.
    pub code: String,
}

/// A target to be saved.
#[derive(Debug, Args)]
pub struct SaveArgs {
    /// Its code, and who saves it.
    #[command(flatten)]
    pub target: NamedArgs,
    /// The name for people; its code when absent.
    #[arg(long)]
    pub name: Option<String>,
    /// The target (JSON).
    pub file: PathBuf,
}

/// A list to be frozen.
#[derive(Debug, Args)]
pub struct FreezeArgs {
    /// Its code, and who freezes it.
    #[command(flatten)]
    pub target: NamedArgs,
    /// The name for people; its code when absent.
    #[arg(long)]
    pub name: Option<String>,
    /// The target (JSON) whose contacts are frozen.
    #[arg(long, group = "from")]
    pub target_file: Option<PathBuf>,
    /// The campaign (JSON) of whose waterfall a step is frozen.
    #[arg(long, group = "from", requires = "step")]
    pub campaign: Option<PathBuf>,
    /// The step: a reason, or `planned`.
    #[arg(long, requires = "campaign")]
    pub step: Option<String>,
    /// The key of a launch whose results are frozen.
    #[arg(long, group = "from", requires = "outcome")]
    pub launch: Option<String>,
    /// What became of its messages: received, clicked or bounced.
    #[arg(long, requires = "launch")]
    pub outcome: Option<String>,
}

/// Two saved targets.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Where.
    #[command(flatten)]
    pub of: OfInstitution,
    /// The code of the one.
    pub one: String,
    /// The code of the other.
    pub other: String,
}

/// Scores of what contacts buy.
#[derive(Debug, Args)]
pub struct ScoresArgs {
    /// Institution code.
    #[arg(long)]
    pub institution: String,
    /// Compute them now and every night from now on; the person who decides it.
    #[arg(long)]
    pub compute_by: Option<String>,
    /// Forget them, and compute none any more.
    #[arg(long, conflicts_with = "compute_by")]
    pub forget: bool,
}
