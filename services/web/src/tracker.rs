//! The tracker: what a message leads to, put together.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, map_response};
use axum::response::Response;
use axum::routing::get;
use content::pages::Pages;
use model::ambient::{Clock, Entropy};
use model::token::{CLICK_PATH, Token, TokenKeys, TokenPurpose, UNSUBSCRIBE_PATH};
use queues::messages::SealedToken;
use spool::hits::HitSpool;
use spool::refusals::RefusalSpool;
use spool::{SpoolError, SpoolId};
use store::{Connect, Store};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::business::BusinessClock;
use crate::database::Database;
use crate::destinations::Known;
use crate::hits::Hits;
use crate::presence::Presence;
use crate::refusals::Refusals;
use crate::{ask, follow, form, page, refuse};

/// Between two beats. Claims wait for a tracker that has been silent for 10 s.
const BEAT: Duration = Duration::from_secs(1);
/// For a whole request, its body included.
const REQUEST: Duration = Duration::from_secs(15);

/// What a tracker is made of.
pub struct TrackerParts {
    /// For the spools and the known links; kept between runs, never shared with another process.
    pub folder: PathBuf,
    /// The name of this machine, for the person who has to look after it.
    pub host: String,
    /// The way to the database, under the role of the application.
    pub database: Connect,
    /// The connection that the start made; `None` when the database was away.
    pub store: Option<Store>,
    /// To open the tokens of links.
    pub keys: TokenKeys,
    /// What people see.
    pub pages: Pages,
    /// The machine clock.
    pub clock: Arc<dyn Clock>,
    /// For ids and salts.
    pub entropy: Arc<dyn Entropy>,
    /// Proxies whose `X-Forwarded-For` is believed (TR-09).
    pub trusted_proxies: Vec<IpAddr>,
}

/// Why a tracker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A spool is in use, damaged or of another release.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// A file of its folder cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// See the [crate]. Clones are handles to the same tracker.
#[derive(Clone)]
pub struct Tracker(Arc<App>);

/// What the handlers share.
pub(crate) struct App {
    pub(crate) keys: TokenKeys,
    pub(crate) pages: Pages,
    pub(crate) clock: BusinessClock,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) database: Arc<Database>,
    pub(crate) known: Known,
    pub(crate) hits: Hits,
    pub(crate) refusals: Refusals,
    presence: Presence,
}

impl App {
    /// The token of a path, when it is one of ours for this use.
    pub(crate) fn open_token(&self, text: String, purpose: TokenPurpose) -> Option<(SealedToken, Token)> {
        let token = Token::open(&text, purpose, &self.keys).ok()?;
        Some((SealedToken::try_from(text).ok()?, token))
    }
}

impl Tracker {
    /// Opens the spools and loads the known links. Needs no database.
    ///
    /// # Errors
    /// [`OpenError`] names the file.
    pub fn open(parts: TrackerParts) -> Result<Self, OpenError> {
        let TrackerParts { folder, host, database, store, keys, pages, clock, entropy, trusted_proxies } =
            parts;
        let fresh = || SpoolId(entropy.uuid());
        let hits = HitSpool::open(&folder.join("hits"), fresh())?;
        let refusals = RefusalSpool::open(&folder.join("refusals"), fresh())?;
        let path = folder.join("destinations");
        let (known, offset) = Known::open(&path).map_err(file_error(&path))?;
        let presence = Presence::open(&folder, host, Arc::clone(&entropy))
            .map_err(file_error(&folder.join("workers")))?;
        let database = Arc::new(Database::new(database, store));
        Ok(Self(Arc::new(App {
            refusals: Refusals::new(refusals, Arc::clone(&database), entropy, keys.clone()),
            keys,
            pages,
            clock: BusinessClock::new(clock, offset),
            trusted_proxies,
            database,
            known,
            hits: Hits::new(hits),
            presence,
        })))
    }

    /// The routes, for [`crate::serve()`].
    pub fn router(&self) -> Router {
        Router::new()
            .route(&format!("{CLICK_PATH}{{token}}"), get(follow::follow))
            .route(&format!("{UNSUBSCRIBE_PATH}{{token}}"), get(ask::ask).post(refuse::refuse))
            .fallback(nowhere)
            .layer(DefaultBodyLimit::max(form::MAX_BODY))
            .layer(from_fn(within_time))
            .layer(map_response(page::with_common_headers))
            .with_state(Arc::clone(&self.0))
    }

    /// The hits, for whoever forwards them.
    #[must_use]
    pub fn hit_spool(&self) -> Arc<HitSpool> {
        self.0.hits.spool()
    }

    /// The database as this process sees it: `None` while it is away.
    #[must_use]
    pub fn store_when_there(&self) -> Arc<dyn Fn() -> Option<Store> + Send + Sync> {
        let database = Arc::clone(&self.0.database);
        Arc::new(move || database.there())
    }

    /// Does now what [`Self::run`] does every second: beat, clock, refusals, links.
    pub async fn refresh(&self) {
        let app = &self.0;
        let Some(store) = app.database.reach().await else { return app.database.is_away() };
        match app.refresh(&store).await {
            Ok(()) => {}
            Err(error) if error.is_outage() => app.database.is_away(),
            Err(error) => tracing::error!(%error, "tracker.refresh_failed"),
        }
    }

    /// Makes every hit that was answered durable, so that it can be forwarded.
    pub async fn flush(&self) {
        self.0.hits.flush().await;
    }

    /// Works in the background until it is cancelled; then leaves nothing behind that would hold back claims, if it can.
    /// Cancel it after the last request was answered.
    pub async fn run(&self, stop: CancellationToken) {
        let durable = self.0.hits.keep_durable(stop.clone());
        let refreshing = async {
            let mut ticks = interval(BEAT);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut next = async || {
                tokio::select! {
                    _ = ticks.tick() => {}
                    () = self.0.refusals.spooled.notified() => {}
                }
            };
            while stop.run_until_cancelled(next()).await.is_some() {
                self.refresh().await;
            }
        };
        tokio::join!(durable, refreshing);
        self.leave().await;
    }

    async fn leave(&self) {
        self.refresh().await;
        let app = &self.0;
        if !app.refusals.are_replayed() {
            return tracing::warn!("tracker.left_refusals: claims are held until it runs again");
        }
        if let Some(store) = app.database.there()
            && let Err(error) = app.presence.end(&store).await
        {
            tracing::warn!(%error, "tracker.not_signed_off: claims are held until it runs again");
        }
    }
}

impl App {
    async fn refresh(&self, store: &Store) -> store::Result<()> {
        self.presence.beat(store, self.refusals.are_replayed()).await?;
        self.database.is_there();
        let offset = store.clock_offset().await?;
        if self.clock.learn(offset) {
            self.known.keep_offset(offset).await;
        }
        if !self.refusals.are_replayed() {
            if let Err(error) = self.refusals.replay(store).await {
                tracing::warn!(%error, "tracker.replay_failed");
            }
            self.presence.beat(store, self.refusals.are_replayed()).await?;
        }
        if self.refusals.are_replayed() {
            self.presence.end_earlier(store).await?;
        }
        self.known.catch_up(store).await
    }
}

async fn nowhere(State(app): State<Arc<App>>, request: Request) -> Response {
    page::gone(&app.pages, request.headers())
}

/// Work that was begun in the database goes on when the request is given up; what was not begun does not begin.
async fn within_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => page::text(StatusCode::REQUEST_TIMEOUT, "The request was not complete in time."),
    }
}

fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> OpenError {
    move |source| OpenError::File { path: path.to_owned(), source }
}
