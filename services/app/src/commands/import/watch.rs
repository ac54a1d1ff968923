//! `rappel import --watch`: the files of a folder, each once, a report beside it.
//!
//! A file is taken when two looks in a row found it unchanged, in the order of the names; a file that still grows holds back those
//! of its mapping that come after it, because the later file is the later truth. What is to be done with a file stands in the
//! database before it is done (`store::import::watched`), and each step can be done again: begin, import, finish, report, move,
//! settle. So a kill at any point leaves a file that the next watcher brings to the same end.

mod looks;
mod folder;
mod record;
mod readers;
mod take;
mod heard;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use intake::SourceName;
use model::ids::InstitutionId;
use model::keys::KeyRing;
use store::Store;
use store::import::watched;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::folder::Folder;
use self::looks::Looks;
use crate::cli::ImportArgs;
use crate::commands::app_store;
use crate::say::say;
use crate::settings::Settings;
use crate::{keys, lifecycle};

/// What watches.
struct Watch {
    store: Store,
    silo: InstitutionId,
    keys: KeyRing,
    /// Names of mappings.
    mappings: Vec<SourceName>,
    folder: Folder,
}

/// What one look led to.
#[derive(Debug, Default)]
struct Round {
    /// Files that were brought to their end.
    taken: usize,
    /// Of these, the ones that a person has to look at.
    failed: usize,
    /// Files that may still be written, or come after one that is.
    left: usize,
    /// Another watcher was at work.
    had_no_turn: bool,
}

/// Watches until a signal, or takes what is there.
pub async fn run(settings: &Settings, args: &ImportArgs, folder: &Path) -> anyhow::Result<()> {
    if settings.database.pool < 2 {
        bail!("database.pool: a watcher needs 2 connections, one of them to keep other watchers waiting");
    }
    let keys = keys::load(&settings.state)?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let mappings = args
        .mapping
        .iter()
        .map(|name| SourceName::parse(name).ok().with_context(|| format!("--mapping: {name} is no name")))
        .collect::<anyhow::Result<_>>()?;
    let folder = Folder::open(folder)?;
    let stop = lifecycle::stop_token()?;
    let watch = Watch { store, silo, keys: keys.address, mappings, folder };
    // What is wrong from the start is said at the start.
    watch.readers().await?;
    let pause = Duration::from_millis(settings.imports.look_every_ms);
    if pause.is_zero() && !args.once {
        bail!("imports.look_every_ms: 0 would look without a pause; write 5000 or another number");
    }
    if args.once { watch.once(pause, &stop).await } else { watch.until(&stop, pause).await }
}

impl Watch {
    async fn until(&self, stop: &CancellationToken, pause: Duration) -> anyhow::Result<()> {
        let (start, mut looks) = (Instant::now(), Looks::new(pause));
        say!("ready: watching {}", self.folder.path().display())?;
        while !stop.is_cancelled() {
            // What is away may come back: the folder, the database. The files wait for it.
            if let Err(error) = self.look(&mut looks, start.elapsed(), stop).await {
                tracing::warn!(error = format!("{error:#}"), "import.look_failed");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        Ok(())
    }

    async fn once(&self, pause: Duration, stop: &CancellationToken) -> anyhow::Result<()> {
        let (start, mut looks) = (Instant::now(), Looks::new(pause));
        let mut round = self.look(&mut looks, start.elapsed(), stop).await?;
        while round.left > 0 && (round.had_no_turn || round.taken == 0 && start.elapsed() < pause * 2) {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
            round = self.look(&mut looks, start.elapsed(), stop).await?;
        }
        if round.left > 0 {
            say!("{} files are left: they may still be written", round.left)?;
        }
        match round.failed {
            0 => Ok(()),
            failed => bail!(
                "{failed} of {} files need a person: {} holds them with their reports",
                round.taken,
                self.folder.path().join(folder::FAILED).display()
            ),
        }
    }

    /// Looks into the folder, and takes what is ready.
    async fn look(
        &self,
        looks: &mut Looks,
        now: Duration,
        stop: &CancellationToken,
    ) -> anyhow::Result<Round> {
        let mut round = Round::default();
        let readers = self.readers().await?;
        let found = self.folder.files(|name| readers.any_reads(name))?;
        let ready = looks.ready(now, &found);
        round.left = found.len();
        let Some(_turn) = watched::turn(&self.store, self.silo).await? else {
            round.had_no_turn = true;
            return Ok(round);
        };
        self.settle_absent(found.iter().map(|(name, _)| name.clone()).collect()).await?;
        let mut held_back = BTreeSet::new();
        for ((name, _), is_ready) in found.iter().zip(ready) {
            let reader = readers.of(name)?;
            if !is_ready {
                held_back.insert(reader.name.clone());
            }
            if stop.is_cancelled() || held_back.contains(&reader.name) {
                continue;
            }
            // Another watcher may have moved it while this one waited for its turn.
            if self.folder.has(name) {
                let outcome = self.take(reader, name).await.with_context(|| format!("file {name}"))?;
                say!("{name}: {}", outcome.word())?;
                round.failed += usize::from(!outcome.is_well());
                round.taken += 1;
            }
            round.left -= 1;
        }
        Ok(round)
    }

    async fn settle_absent(&self, present: Vec<String>) -> anyhow::Result<()> {
        let mappings: Vec<String> = self.mappings.iter().map(SourceName::to_string).collect();
        let settle = move |mut tx: store::Tx| async move {
            watched::settle_absent(&mut tx, &mappings, &present).await?;
            tx.commit(()).await
        };
        Ok(self.store.scoped(self.silo, settle).await?)
    }
}
