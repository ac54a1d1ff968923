//! Role `work`: sends what the dispatcher publishes, and takes over what the trackers saw.

use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use anyhow::Context as _;
use channels::email::{Credentials, DkimSigner, Security, Signer, SmtpSettings};
use model::token::TokenKeys;
use model::vocabulary::Lane;
use pipeline::hits::Taker;
use pipeline::send::{LaneSettings, SendParts, SendSettings, Worker};
use queues::topology::QueueId;
use secrecy::ExposeSecret as _;
use tokio_util::task::TaskTracker;

use super::House;
use crate::settings::{RelaySettings, RelayTls};

/// Sessions that are kept for notices alone, so that none waits for a newsletter.
const NOTICE_SESSIONS: usize = 2;
/// Batches of hits in hand.
const HIT_PREFETCH: NonZeroU16 = NonZeroU16::MIN.saturating_add(3);

/// Records what dead workers of this host left, then starts sending and taking hits.
///
/// # Errors
/// When the worker cannot register, or the signing key does not read.
pub async fn start(house: &House, tasks: &TaskTracker) -> anyhow::Result<()> {
    let parts = SendParts {
        store: house.app.clone(),
        port: Arc::clone(&house.port),
        tokens: TokenKeys::new(house.keys.token.clone()),
        signer: signer(house)?,
        entropy: Arc::clone(&house.entropy),
        clock: Arc::clone(&house.clock),
    };
    let settings = SendSettings {
        smtp: smtp(&house.relay),
        lanes: lanes(&house.relay),
        journals: house.state.join("journals"),
        host: house.host.clone(),
    };
    let worker = Worker::start(parts, settings, &house.stop).await?;
    let failure = house.failure.clone();
    tasks.spawn(async move {
        if let Err(error) = worker.run().await {
            tracing::error!(%error, "worker.ended");
            failure.end_with(error);
        }
    });
    let consumer = house.port.consumer(QueueId::Hits, HIT_PREFETCH, house.stop.clone());
    let taker =
        Taker::new(house.app.clone(), TokenKeys::new(house.keys.token.clone()), Arc::clone(&house.clock));
    tasks.spawn(taker.run(consumer, house.stop.clone()));
    Ok(())
}

fn lanes(relay: &RelaySettings) -> Vec<LaneSettings> {
    let lane = |lane, sessions, per_second| LaneSettings {
        lane,
        sessions: NonZeroUsize::new(sessions).unwrap_or(NonZeroUsize::MIN),
        per_second,
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
    };
    vec![
        lane(Lane::Notice, NOTICE_SESSIONS, None),
        lane(Lane::Bulk, relay.sessions, NonZeroU32::new(relay.rate_per_second)),
    ]
}

fn signer(house: &House) -> anyhow::Result<Option<Arc<dyn Signer>>> {
    let Some((selector, domain)) = house.relay.signature()? else { return Ok(None) };
    let key = house
        .keys
        .dkim_pem
        .as_ref()
        .context("relay.dkim_selector is set, and state/keys/dkim.pem is missing: run `rappel keys`")?;
    let signer =
        DkimSigner::new(domain, selector, key.expose_secret().as_bytes()).context("state/keys/dkim.pem")?;
    Ok(Some(Arc::new(signer)))
}

fn smtp(relay: &RelaySettings) -> SmtpSettings {
    let credentials = relay.username.clone().zip(relay.password.clone());
    SmtpSettings {
        security: match relay.tls {
            RelayTls::None => Security::Plain,
            RelayTls::Starttls => Security::StartTls,
            RelayTls::Implicit => Security::Implicit,
        },
        credentials: credentials.map(|(user, password)| Credentials { user, password }),
        messages_per_session: relay.messages_per_session,
        ..SmtpSettings::plain(&relay.host, relay.port, &relay.hello)
    }
}
