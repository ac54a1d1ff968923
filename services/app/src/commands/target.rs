//! Targets, apart from campaigns.

mod saved;

use crate::cli::TargetCommand;
use crate::settings::Settings;

/// Does what was asked of targets.
pub async fn run(settings: &Settings, command: &TargetCommand) -> anyhow::Result<()> {
    match command {
        TargetCommand::Save(args) => saved::save(settings, args).await,
        TargetCommand::Freeze(args) => saved::freeze(settings, args).await,
        TargetCommand::Refresh(args) => saved::refresh(settings, args).await,
        TargetCommand::List(args) => saved::list(settings, args).await,
        TargetCommand::History(args) => saved::history(settings, args).await,
        TargetCommand::Show(args) => saved::show(settings, args).await,
        TargetCommand::Archive(args) => saved::archive(settings, args).await,
        TargetCommand::Compare(args) => saved::compare(settings, args).await,
    }
}
