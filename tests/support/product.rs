//! One installation of the product, from an empty database to the invariants at its end.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use servers::TemporaryFolder;
use servers::sink::{Sink, SinkOptions};

use super::chance::machine_now;
use super::client::Client;
use super::command::{Ran, rappel};
use super::files::File;
use super::mail::Mail;
use super::owner::Owner;
use super::roles::{Arrangement, Roles, log_of};
use super::servers::{Broker, Postgres, keys_into};
use super::settings::{Database, Settings};
use super::{invariants, privacy, quiet, wait};

/// Where the business clock of every installation starts: a Monday morning in Paris.
pub const START: DateTime<Utc> = match NaiveDate::from_ymd_opt(2026, 3, 2) {
    Some(day) => day.and_hms_opt(9, 0, 0).unwrap().and_utc(),
    None => unreachable!(),
};

/// An installation. Ends with [`run`], which checks everything that must hold after any test.
#[derive(Debug)]
pub struct Product {
    // Dropped in this order: processes first, then what they use.
    pub roles: Roles,
    pub sink: Arc<Sink>,
    pub owner: Owner,
    broker: Option<Broker>,
    pub postgres: Postgres,
    pub settings: Settings,
    /// What the test itself caused, as far as the invariants count it.
    pub caused: Caused,
    offset: Cell<TimeDelta>,
    folder: TemporaryFolder,
}

/// What a test caused on purpose.
#[derive(Debug, Default)]
pub struct Caused {
    /// The most messages that may be `unknown` (I7): sessions that stood between dot and reply.
    pub unknown: i64,
    /// Requests on tracked links that were answered with a redirect and are to be recorded (I12).
    pub hits: Cell<i64>,
    /// Something was killed or stopped: times are not what they are in peace (I2).
    pub faults: bool,
    /// Launches that the test leaves paused.
    pub paused: i64,
}

/// Tells a story on a running installation, then checks every invariant.
pub fn run(arrangement: Arrangement, story: impl FnOnce(&mut Product)) {
    run_on(Postgres::shared(), arrangement, story);
}

/// Tells a story of commands alone, without any process that keeps running; then the same checks.
pub fn run_commands(story: impl FnOnce(&mut Product)) {
    let mut product = Product::install(Postgres::shared(), None);
    story(&mut product);
    product.check();
}

/// As [`run`], on a PostgreSQL of its own, which the story may break.
pub fn run_on(postgres: Postgres, arrangement: Arrangement, story: impl FnOnce(&mut Product)) {
    let mut product = Product::install(postgres, Some(Broker::borrow()));
    product.roles.start(&product.settings, arrangement);
    story(&mut product);
    product.finish();
}

impl Product {
    /// A migrated database with keys and no institution; nothing runs yet.
    fn install(postgres: Postgres, broker: Option<Broker>) -> Self {
        let folder = TemporaryFolder::open_to_all("rappel-e2e").unwrap();
        let sink = Arc::new(Sink::start(&SinkOptions::default()).unwrap());
        let database = postgres.database();
        let mut settings = Settings {
            database: Database::on(postgres.server(), &database),
            relay_port: sink.address().port(),
            ..Settings::nowhere(folder.path())
        };
        if let Some(broker) = &broker {
            settings.broker_url = broker.url();
        }
        settings.write();
        keys_into(&settings.state());
        let owner = Owner::of(postgres.options(&database));
        let product = Self {
            roles: Roles::default(),
            sink,
            owner,
            broker,
            postgres,
            settings,
            caused: Caused::default(),
            offset: Cell::new(TimeDelta::zero()),
            folder,
        };
        product.set_clock(START - machine_now());
        product
    }

    /// The broker, to be broken; whoever does so starts it again.
    pub fn broker(&mut self) -> &mut Broker {
        self.broker.as_mut().expect("the story was told without one")
    }

    /// Runs a command. What it writes to standard error is kept and searched for personal data at the end.
    pub fn rappel(&self, arguments: &[&str]) -> Ran {
        let ran = rappel(Some(&self.settings.path()), &[], arguments);
        let log = log_of(self.folder.path(), "commands");
        let before = fs::read_to_string(&log).unwrap_or_default();
        fs::write(&log, before + &ran.complained).unwrap();
        ran
    }

    /// Creates an institution in which unset never passes and clicks are tracked unless refused.
    pub fn institution(&self, code: &str) {
        self.institution_where(code, "explicit");
    }

    pub fn institution_where(&self, code: &str, unset: &str) {
        let name = format!("Maison {code}");
        let arguments = [
            "institution",
            "--code",
            code,
            "--name",
            &name,
            "--zone",
            "Europe/Paris",
            "--unset-email",
            unset,
            "--unset-sms",
            "explicit",
            "--unset-phone",
            "explicit",
            "--unset-post",
            "explicit",
        ];
        let more = ["--unset-reason", "2026-01-05, for tests", "--track-unless-refused"];
        self.rappel(&[&arguments[..], &more].concat()).said();
    }

    /// Imports files in their order; returns what the product said about each.
    pub fn import(&self, institution: &str, files: &[File]) -> Vec<String> {
        files.iter().map(|file| self.import_one(institution, file).said()).collect()
    }

    pub fn import_one(&self, institution: &str, file: &File) -> Ran {
        let path = file.write(self.folder.path());
        let path = path.display().to_string();
        let arguments = [
            "import",
            "--institution",
            institution,
            "--kind",
            file.kind,
            "--source",
            file.source,
            "--as-of",
            &file.as_of,
        ];
        self.rappel(&[&arguments[..], &[path.as_str()]].concat())
    }

    /// Does something while nothing can be put on its way: no process can write to the outbox.
    pub fn while_nothing_is_dispatched<T>(&self, work: impl FnOnce() -> T) -> T {
        self.owner.holding("LOCK TABLE outbox IN SHARE MODE", work)
    }

    /// The message that the sink took for this address; fails when there is none or more than one.
    #[track_caller]
    pub fn mail_to(&self, address: &str) -> Mail {
        let mut all = self.all_mail_to(address);
        assert_eq!(all.len(), 1, "messages to {address}");
        all.remove(0)
    }

    pub fn all_mail_to(&self, address: &str) -> Vec<Mail> {
        let taken = self.sink.accepted();
        taken.into_iter().filter(|one| one.to.iter().any(|to| to == address)).map(Mail::read).collect()
    }

    /// A browser, or something that looks like one.
    pub fn client(&self) -> Client<'_> {
        Client::of(self.settings.tracker_port, &self.caused.hits)
    }

    /// Moves the business clock on. Whatever asks the database for the time sees it at once.
    pub fn advance(&self, by: TimeDelta) {
        self.set_clock(self.offset.get() + by);
    }

    /// The same, and waits until the tracker has seen it too, which knows the time without the database. It looks after
    /// each beat, so it has looked when the second one comes.
    pub fn advance_for_clicks(&self, by: TimeDelta) {
        self.advance(by);
        for _ in 0..2 {
            let since = machine_now().to_rfc3339();
            let stale = "SELECT count(*) FROM worker WHERE role = 'track' AND ended_at IS NULL AND beat_at < $1::timestamptz";
            wait::until("the tracker has looked at the clock", || self.owner.number_of(stale, &since) == 0);
        }
    }

    fn set_clock(&self, offset: TimeDelta) {
        self.offset.set(offset);
        self.rappel(&["clock", "--offset-seconds", &offset.num_seconds().to_string()]).said();
    }

    /// The business clock.
    pub fn now(&self) -> DateTime<Utc> {
        machine_now() + TimeDelta::seconds(self.offset.get().num_seconds())
    }

    /// The recency of a contact, as the database has it.
    pub fn recency_of(&self, contact: &str) -> i64 {
        let days = "SELECT (r.counts_on - DATE '2000-01-01')::bigint FROM recency r JOIN contact c USING (institution_id, contact_id)
                    WHERE c.external_id = $1";
        self.owner.number_of(days, contact)
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// Lets everything come to its end, stops the processes, and checks what must hold after every test.
    fn finish(mut self) {
        wait::until("every launch is done", || self.open_launches() == Some(0));
        let stored = "SELECT count(*) FROM hit";
        wait::until("every hit is stored", || self.owner.try_number(stored) >= Some(self.caused.hits.get()));
        let refusals = "SELECT count(*) FROM refusal WHERE settled_at IS NULL";
        wait::until("every refusal is settled", || self.owner.try_number(refusals) == Some(0));
        self.roles.stop();
        self.check();
    }

    fn check(self) {
        invariants::check(&self);
        privacy::check(self.folder.path());
        if !self.caused.faults {
            quiet::check(self.folder.path());
        }
        self.owner.close();
    }
}

impl Drop for Product {
    /// A failed test shows the end of what the processes wrote.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for entry in fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|end| end == "log") {
                let text = fs::read_to_string(&path).unwrap_or_default();
                let lines: Vec<&str> = text.lines().collect();
                let last = lines[lines.len().saturating_sub(25)..].join("\n");
                eprintln!("== {}\n{last}", path.file_name().unwrap_or_default().to_string_lossy());
            }
        }
    }
}

/// A span of business time.
pub fn minutes(minutes: u64) -> TimeDelta {
    TimeDelta::from_std(Duration::from_secs(60 * minutes)).unwrap()
}
