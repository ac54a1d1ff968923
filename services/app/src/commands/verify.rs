//! Proving that stored projections are what their evidence says.

use anyhow::bail;
use store::{gate, recency};

use super::{app_store, checkpoint};
use crate::cli::Projection;
use crate::say::say;
use crate::settings::Settings;

/// Rebuilds a projection, compares, and fails when anything differs.
pub async fn run(settings: &Settings, institution: &str, what: &Projection) -> anyhow::Result<()> {
    let store = app_store(settings).await?;
    let silo = store.institution(institution).await?;
    match what {
        Projection::Recency => {
            let differing = store
                .scoped(silo, |mut tx| async move {
                    let differing = recency::verify(&mut tx).await?;
                    tx.roll_back(differing).await
                })
                .await?;
            report("recency", "contacts", differing.len())
        }
        Projection::Gate => {
            let differing = store
                .scoped(silo, |mut tx| async move {
                    let differing = gate::differences(&mut tx).await?;
                    tx.roll_back(differing).await
                })
                .await?;
            report("permission", "rows", usize::try_from(differing)?)
        }
        Projection::Evidence(args) => {
            let checkpoint = checkpoint::read(settings, institution, args)?;
            let known = checkpoint.as_ref().map_or_else(String::new, |known| {
                format!(", and it is the one of the checkpoint of {}", known.taken_at)
            });
            let verified = store.verify_seal(silo, checkpoint).await?;
            say!(
                "the seal holds over {} records in {} epochs{known}; {} newer ones are not sealed yet",
                verified.sealed,
                verified.epochs,
                verified.unsealed
            )?;
            Ok(())
        }
    }
}

fn report(projection: &str, things: &str, differing: usize) -> anyhow::Result<()> {
    match differing {
        0 => {
            say!("{projection}: rebuilt from the evidence, identical")?;
            Ok(())
        }
        _ => bail!("{projection}: {differing} {things} differ from what the evidence says"),
    }
}
