//! The row by which this process says that it may hold refusals (delivery 2.6).
//!
//! Claims are held while the row of any such process is not empty or has not beaten lately (store::claim), so it must be
//! there before the first refusal is spooled, and must not stay behind when nothing is left. The ids of earlier runs stand in a
//! file beside the spool: whoever holds the spool's lock has also inherited what they left, and ends their rows once it is
//! replayed.
//!
//! What this cannot hold: a tracker that starts while the database is away, after one that signed off, has no row yet. Its refusals
//! are replayed within seconds of the database's return, but a claim in those seconds does not know of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::ambient::Entropy;
use store::Store;
use store::worker::WorkerRole;
use tokio::sync::Mutex;
use uuid::Uuid;

/// This process in the table `worker`.
pub(crate) struct Presence {
    host: String,
    path: PathBuf,
    entropy: Arc<dyn Entropy>,
    ids: Mutex<Ids>,
}

struct Ids {
    own: Uuid,
    registered: bool,
    /// Runs before this one whose rows may still be open.
    before: Vec<Uuid>,
}

impl Presence {
    /// Takes an id and writes it down. The spools of `folder` must be locked by this process.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn open(folder: &Path, host: String, entropy: Arc<dyn Entropy>) -> io::Result<Self> {
        let path = folder.join("workers");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let before: Vec<Uuid> = text.lines().filter_map(|line| line.parse().ok()).collect();
        let ids = Ids { own: entropy.uuid(), registered: false, before };
        ids.write(&path)?;
        Ok(Self { host, path, entropy, ids: Mutex::new(ids) })
    }

    /// Registers when it is the first time, and beats.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn beat(&self, store: &Store, spool_empty: bool) -> store::Result<()> {
        let mut ids = self.ids.lock().await;
        if !ids.registered {
            store.register_worker(ids.own, &self.host, WorkerRole::Track).await?;
            ids.registered = true;
        }
        if store.beat(ids.own, spool_empty).await? {
            return Ok(());
        }
        // Somebody declared this host lost while it was only cut off. Refusals go on being accepted, under a new row.
        tracing::error!(worker.id = %ids.own, "tracker.declared_lost: it lives, and registers anew");
        let id = self.entropy.uuid();
        let ended = std::mem::replace(&mut ids.own, id);
        ids.before.push(ended);
        ids.registered = false;
        if let Err(error) = ids.write(&self.path) {
            tracing::error!(%error, "tracker.id_not_kept");
        }
        store.register_worker(id, &self.host, WorkerRole::Track).await?;
        ids.registered = true;
        store.beat(id, spool_empty).await.map(|_| ())
    }

    /// Ends the rows of earlier runs. Only when nothing of theirs is left in the spool.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn end_earlier(&self, store: &Store) -> store::Result<()> {
        let mut ids = self.ids.lock().await;
        if ids.before.is_empty() {
            return Ok(());
        }
        for id in &ids.before {
            store.end_worker(*id).await?;
        }
        ids.before.clear();
        if let Err(error) = ids.write(&self.path) {
            tracing::warn!(%error, "tracker.id_not_kept");
        }
        Ok(())
    }

    /// Ends the own row. Only when nothing is left in the spool, and nothing more will come.
    ///
    /// # Errors
    /// Database errors: then the next run ends it.
    pub(crate) async fn end(&self, store: &Store) -> store::Result<()> {
        let ids = self.ids.lock().await;
        if ids.registered { store.end_worker(ids.own).await } else { Ok(()) }
    }
}

impl Ids {
    /// Replaces the file at once: a crash leaves the old or the new one.
    fn write(&self, path: &Path) -> io::Result<()> {
        let text: String = self.before.iter().chain([&self.own]).map(|id| format!("{id}\n")).collect();
        let draft = path.with_extension("new");
        fs::write(&draft, text)?;
        fs::File::open(&draft)?.sync_all()?;
        fs::rename(&draft, path)
    }
}
