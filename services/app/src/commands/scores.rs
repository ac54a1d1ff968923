//! `rappel scores`: whether an institution has scores of what its contacts buy.

use store::score;

use super::app_store;
use crate::cli::ScoresArgs;
use crate::say::say;
use crate::settings::Settings;

/// Computes or forgets scores when that is asked for, and says what there is.
pub async fn run(settings: &Settings, args: &ScoresArgs) -> anyhow::Result<()> {
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let (by, forget) = (args.compute_by.clone(), args.forget);
    let standing = store
        .scoped(silo, move |mut tx| async move {
            if let Some(by) = by {
                score::want(&mut tx, &by).await?;
            }
            if forget {
                score::forget(&mut tx).await?;
            }
            let standing = score::standing(&mut tx).await?;
            tx.commit(standing).await
        })
        .await?;
    match standing {
        None => say!("{} has no scores", args.institution)?,
        Some(scored) => {
            let of =
                scored.computed_on.map_or_else(|| "not computed yet".to_owned(), |day| format!("of {day}"));
            say!("{} contacts have scores, {of}; wanted by {}", scored.contacts, scored.wanted_by)?;
        }
    }
    Ok(())
}
