//! Where links lead: in memory for the redirect, and in a local file for the next start (TR-11).
//!
//! What a launch froze never changes, so nothing here is ever taken back. The database is asked for launches that are
//! newer than the known ones, and for one that a link names and nobody knows yet.

mod file;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::TimeDelta;
use model::ids::{InstitutionId, LinkNo, OccurrenceId};
use store::Store;
use store::link::{self, Destinations};

use file::{Line, SnapshotFile};

/// Everything that is known about links.
pub(crate) struct Known {
    links: RwLock<Links>,
    file: Arc<Mutex<SnapshotFile>>,
}

#[derive(Default)]
struct Links {
    urls: HashMap<(InstitutionId, OccurrenceId), Arc<[String]>>,
    /// The newest launch that was caught up with in this run; one that was asked for by itself does not count.
    caught_up: HashMap<InstitutionId, OccurrenceId>,
}

/// The answer about one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It leads there.
    Url(String),
    /// The launch is known and has no such link.
    NoSuchLink,
    /// The launch is not known here.
    NotKnown,
}

impl Known {
    /// Loads what the last run knew, and the last offset of the business clock.
    ///
    /// # Errors
    /// When the file cannot be opened. Damaged lines are left out: the database has them all.
    pub(crate) fn open(path: &Path) -> std::io::Result<(Self, TimeDelta)> {
        let (file, lines) = SnapshotFile::open(path)?;
        let (mut links, mut offset_us) = (Links::default(), 0);
        for line in lines {
            match line {
                Line::Links { institution, occurrence, urls } => links.insert(institution, occurrence, urls),
                Line::Clock { offset_us: latest } => offset_us = latest,
            }
        }
        let known = Self { links: RwLock::new(links), file: Arc::new(Mutex::new(file)) };
        Ok((known, TimeDelta::microseconds(offset_us)))
    }

    pub(crate) fn find(&self, institution: InstitutionId, occurrence: OccurrenceId, link: LinkNo) -> Found {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        let Some(urls) = links.urls.get(&(institution, occurrence)) else { return Found::NotKnown };
        let url =
            usize::try_from(link.0).ok().and_then(|place| urls.get(place)).filter(|url| !url.is_empty());
        url.map_or(Found::NoSuchLink, |url| Found::Url(url.clone()))
    }

    /// Takes over what the database said, in memory and then on disk. What is known already is left as it is.
    pub(crate) async fn learn(&self, institution: InstitutionId, launches: Vec<Destinations>) {
        let mut lines = Vec::new();
        {
            let mut links = self.links.write().unwrap_or_else(PoisonError::into_inner);
            for Destinations { occurrence, urls } in launches {
                if !links.urls.contains_key(&(institution, occurrence)) {
                    let urls: Vec<String> = urls.into_iter().map(web_address_or_nothing).collect();
                    links.insert(institution, occurrence, urls.clone());
                    lines.push(Line::Links { institution, occurrence, urls });
                }
            }
        }
        if !lines.is_empty() {
            self.write(lines).await;
        }
    }

    /// Keeps the offset of the business clock for a start without the database.
    pub(crate) async fn keep_offset(&self, offset: TimeDelta) {
        self.write(vec![Line::Clock { offset_us: offset.num_microseconds().unwrap_or(0) }]).await;
    }

    /// Asks for the launches of every institution that are newer than those asked for in this run: all of them the first time.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn catch_up(&self, store: &Store) -> store::Result<()> {
        for institution in store.institutions().await? {
            loop {
                let launches = store.destinations_after(institution, self.caught_up_to(institution)).await?;
                let more = i64::try_from(launches.len()).unwrap_or(i64::MAX) >= link::PAGE;
                let Some(newest) = launches.last().map(|launch| launch.occurrence) else { break };
                self.learn(institution, launches).await;
                self.links
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .caught_up
                    .insert(institution, newest);
                if !more {
                    break;
                }
            }
        }
        Ok(())
    }

    fn caught_up_to(&self, institution: InstitutionId) -> OccurrenceId {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        links.caught_up.get(&institution).copied().unwrap_or(OccurrenceId(0))
    }

    /// A disk that fails here costs a cold start and nothing else.
    async fn write(&self, lines: Vec<Line>) {
        let file = Arc::clone(&self.file);
        let written = tokio::task::spawn_blocking(move || {
            file.lock().unwrap_or_else(PoisonError::into_inner).append(&lines)
        });
        if let Ok(Err(error)) = written.await {
            tracing::warn!(%error, "tracker.links_not_kept");
        }
    }
}

impl Links {
    fn insert(&mut self, institution: InstitutionId, occurrence: OccurrenceId, urls: Vec<String>) {
        self.urls.insert((institution, occurrence), urls.into());
    }
}

/// A redirect leads to web pages only; the compiler of contents has seen to that, and here it is seen to again.
fn web_address_or_nothing(url: String) -> String {
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    if is_web(&url) && url.is_ascii() { url } else { String::new() }
}

#[cfg(test)]
mod tests;
