//! The stage of the demo: a private PostgreSQL, keys, an institution in January 2000, captured mail, and the roles.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use model::ambient::Entropy as _;
use model::ids::InstitutionId;
use model::pack::{ClickTracking, Pack, PerChannel};
use model::policy::Policy;
use model::vocabulary::UnsetMeans;
use pipeline::queue::InProcess;
use queues::topology::TOPOLOGY;
use servers::TemporaryFolder;
use servers::postgres::{PostgresAddress, PostgresOptions, PrivatePostgres};
use servers::sink::{Sink, SinkOptions};
use sqlx::postgres::PgConnectOptions;
use store::institution::NewInstitution;
use store::migrate::{self, Mode};
use store::worker::WorkerRole;
use store::{Connect, Role as DatabaseRole, Store, institution};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ambient::{MachineClock, MachineEntropy};
use crate::keys;
use crate::roles::{self, Failure, House, Role};
use crate::settings::{RelaySettings, RelayTls, ScheduleSettings, TrackerSettings};

/// Everything that the demo plays on. Dropping it ends the private server and removes its folders.
pub struct Stage {
    /// What the roles stand on.
    pub house: House,
    /// The institution of the demo.
    pub silo: InstitutionId,
    /// Where the captured mail is.
    pub sink: Arc<Sink>,
    owner: PgConnectOptions,
    tasks: TaskTracker,
    _server: PrivatePostgres,
    _folder: TemporaryFolder,
}

impl Stage {
    /// Builds it up, without any role running yet.
    ///
    /// # Errors
    /// When a part does not start; says which and what to install.
    pub async fn set(seed: u64, stop: CancellationToken) -> anyhow::Result<Self> {
        let server = PrivatePostgres::start(&PostgresOptions::throw_away())?;
        let folder = TemporaryFolder::private("rappel-demo")?;
        let address = server.address();
        let owner = connect_as(&address, address.superuser);
        migrate::migrate(&owner, Mode::Demo, MachineEntropy.uuid()).await?;
        let silo = create_institution(&owner).await?;
        let sink = Arc::new(Sink::start(&SinkOptions { keep_events: false, ..SinkOptions::default() })?);
        keys::init(folder.path(), &MachineEntropy)?;
        let dispatcher = Connect {
            options: connect_as(&address, "rappel_dispatcher"),
            role: DatabaseRole::Dispatcher,
            pool_size: 10,
        };
        let connect =
            Connect { options: connect_as(&address, "rappel_app"), role: DatabaseRole::App, pool_size: 10 };
        let house = House {
            app: Store::connect(connect.clone()).await?,
            connect,
            host: roles::host(),
            dispatcher: Some(Store::connect(dispatcher).await?),
            port: Arc::new(InProcess::new(TOPOLOGY)),
            keys: keys::load(folder.path())?,
            state: folder.path().to_owned(),
            relay: relay(sink.address().port()),
            tracker: TrackerSettings { listen: free_port()?, trusted_proxies: Vec::new() },
            schedule: ScheduleSettings { tick_ms: 50, republish_after_s: 60 },
            clock: Arc::new(MachineClock),
            entropy: Arc::new(MachineEntropy),
            failure: Failure::stopping(&stop),
            stop,
        };
        let stage =
            Self { house, silo, sink, owner, tasks: TaskTracker::new(), _server: server, _folder: folder };
        stage.set_clock(opening()).await?;
        tracing::debug!(seed, "demo.stage_is_set");
        Ok(stage)
    }

    /// Starts every role in this process.
    ///
    /// # Errors
    /// When a role does not start.
    pub async fn start_roles(&self) -> anyhow::Result<()> {
        for role in Role::ALL {
            roles::start(role, &self.house, &self.tasks).await?;
        }
        Ok(())
    }

    /// Lets business time pass: nobody waits for a quarantine in a demo.
    ///
    /// # Errors
    /// Database errors.
    pub async fn pass_time(&self, span: TimeDelta) -> anyhow::Result<()> {
        let now = self.business_now().await?;
        self.set_clock(now + span).await?;
        // The tracker works by the clock that it learnt last: twice a sign of life, and it has learnt this one.
        let mut beat = self.house.app.oldest_beat(WorkerRole::Track).await?;
        for _ in 0..2 {
            let before = beat;
            while beat == before {
                tokio::time::sleep(Duration::from_millis(50)).await;
                beat = self.house.app.oldest_beat(WorkerRole::Track).await?;
            }
        }
        Ok(())
    }

    /// The business clock.
    ///
    /// # Errors
    /// Database errors.
    pub async fn business_now(&self) -> anyhow::Result<DateTime<Utc>> {
        let read = self.house.app.scoped(self.silo, |tx| async move {
            let now = tx.business_now();
            tx.commit(now).await
        });
        Ok(read.await?)
    }

    /// Ends the roles and closes the connections.
    ///
    /// # Errors
    /// None so far.
    pub async fn strike(&self) -> anyhow::Result<()> {
        self.house.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.house.close().await;
        Ok(())
    }

    async fn set_clock(&self, to: DateTime<Utc>) -> anyhow::Result<()> {
        use model::ambient::Clock as _;
        let offset = (to - MachineClock.now()).num_microseconds().context("a clock within 290,000 years")?;
        migrate::set_clock_offset(&self.owner, offset).await?;
        Ok(())
    }
}

/// The evening on which the demo begins.
fn opening() -> DateTime<Utc> {
    chrono::NaiveDate::from_ymd_opt(2000, 1, 20)
        .and_then(|day| day.and_hms_opt(17, 0, 0))
        .unwrap_or_default()
        .and_utc()
}

async fn create_institution(owner: &PgConnectOptions) -> anyhow::Result<InstitutionId> {
    let pack = Pack::find("FR", opening().date_naive()).context("the French pack")?;
    let new = NewInstitution {
        public_id: MachineEntropy.uuid(),
        code: "demo".to_owned(),
        name: "Rappel Houses".to_owned(),
        zone: "Europe/Paris".to_owned(),
        policy: Policy {
            unset: PerChannel {
                email: UnsetMeans::SoftOptIn,
                sms: UnsetMeans::SoftOptIn,
                phone: UnsetMeans::Explicit,
                post: UnsetMeans::RefusalsOnly,
            },
            unset_reason: None,
            retention_months: pack.retention_months.value,
            consent_age: pack.consent_age.value,
            click_tracking: ClickTracking::UnlessRefused,
        },
        pack,
        by: "demo".to_owned(),
    };
    Ok(institution::create(owner, &new).await?)
}

fn connect_as(address: &PostgresAddress, user: &str) -> PgConnectOptions {
    PgConnectOptions::new().socket(&address.socket_dir).port(address.port).username(user).database("postgres")
}

fn relay(port: u16) -> RelaySettings {
    RelaySettings {
        host: "127.0.0.1".to_owned(),
        port,
        tls: RelayTls::None,
        username: None,
        password: None,
        hello: "demo.rappel.example".to_owned(),
        sessions: 8,
        messages_per_session: 1_000,
        rate_per_second: 5_000,
        dkim_selector: Some("demo".to_owned()),
        dkim_domain: Some("houses.example".to_owned()),
    }
}

/// A port that was free a moment ago: links must name it before the tracker listens.
fn free_port() -> anyhow::Result<std::net::SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
