//! `rappel import`: one file in, one report out, rejected rows beside the file.

mod rejected;
mod watch;

use std::fs::File;
use std::io::{BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use intake::{Format, Kind, Mapping, Options, Rejection, SourceName};
use model::address::AddressKeys;
use model::ambient::Entropy as _;
use model::ids::InstitutionId;
use model::keys::KeyRing;
use store::Store;
use store::import::{ImportJob, ImportReport, ImportTools, Observer, mappings};

use self::rejected::RejectedRows;
use super::app_store;
use crate::ambient::MachineEntropy;
use crate::cli::ImportArgs;
use crate::keys;
use crate::say::say;
use crate::settings::Settings;

/// How a file is to be read.
struct Form {
    kind: Kind,
    format: Format,
    source: SourceName,
    mapping: Option<Arc<Mapping>>,
}

/// Imports one file, or the files of a folder. Good rows are taken whatever the others are, but a file with rejected rows is no
/// success: a nightly job must not go on as if it were.
pub async fn run(settings: &Settings, args: &ImportArgs) -> anyhow::Result<()> {
    match (&args.watch, &args.file) {
        (Some(folder), _) => watch::run(settings, args, folder).await,
        (None, Some(file)) => import_one(settings, args, file).await,
        (None, None) => bail!("name a file, or a folder with --watch"),
    }
}

async fn import_one(settings: &Settings, args: &ImportArgs, file: &Path) -> anyhow::Result<()> {
    let name = file.display().to_string();
    let declared = if args.mapping.is_empty() { Some(Form::declared(args, &name)?) } else { None };
    let keys = keys::load(&settings.state)?;
    let reader = File::open(file).with_context(|| format!("file {name}"))?;
    let store = app_store(settings).await?;
    let silo = store.institution(&args.institution).await?;
    let form = match declared {
        Some(form) => form,
        None => Form::mapped(&store, silo, &args.mapping).await?,
    };
    let as_of = as_of(&store, silo, args.as_of.as_deref()).await?;
    let job = ImportJob {
        run_id: MachineEntropy.uuid(),
        kind: form.kind,
        format: form.format,
        mapping: form.mapping,
        options: Options::new(form.source, as_of),
        file_name: file_name(file),
        dry_run: args.dry_run,
        chunk_rows: None,
    };
    let rejected = args.rejected.clone().unwrap_or_else(|| beside(file));
    let report = store
        .import(
            silo,
            job,
            tools(&keys.address, silo),
            Box::new(BufReader::new(reader)),
            Box::new(Reporter::new(rejected.clone())),
        )
        .await?;
    say!("{}", table(&report).trim_end())?;
    match report.rows.rejected {
        0 => Ok(()),
        wrong => bail!("{wrong} of {} rows were rejected: {} says why", report.read, rejected.display()),
    }
}

impl Form {
    /// What the command line says about a file with our own columns.
    fn declared(args: &ImportArgs, name: &str) -> anyhow::Result<Self> {
        let word = args.kind.as_deref().unwrap_or_default();
        let Some(kind) = Kind::from_word(word) else {
            let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
            bail!("--kind: {word} is none of {}", kinds.join(", "));
        };
        let format = Format::of_file_name(name)
            .with_context(|| format!("{name}: the name must end in .csv or .ndjson"))?;
        let source = SourceName::parse(args.source.as_deref().unwrap_or_default())
            .ok()
            .context("--source: a short name like ticketing is needed")?;
        Ok(Self { kind, format, source, mapping: None })
    }

    /// What a saved mapping says.
    async fn mapped(store: &Store, silo: InstitutionId, names: &[String]) -> anyhow::Result<Self> {
        let [name] = names else { bail!("--mapping: one mapping reads a file; several are for --watch") };
        Ok(Self::of(load_mapping(store, silo, name).await?))
    }

    fn of(mapping: Mapping) -> Self {
        Self {
            kind: mapping.kind(),
            format: Format::Csv,
            source: mapping.source().clone(),
            mapping: Some(Arc::new(mapping)),
        }
    }
}

async fn load_mapping(store: &Store, silo: InstitutionId, name: &str) -> anyhow::Result<Mapping> {
    let name = name.to_owned();
    let load = |mut tx: store::Tx| async move {
        let mapping = mappings::load(&mut tx, &name).await?;
        tx.commit(mapping).await
    };
    Ok(store.scoped(silo, load).await?)
}

/// What an import needs besides the file.
#[must_use]
pub fn tools(ring: &KeyRing, silo: InstitutionId) -> ImportTools {
    ImportTools { keys: AddressKeys::for_institution(ring, silo), entropy: Arc::new(MachineEntropy) }
}

/// A marketer who imports a newsletter list sees here why nobody on it may be written to.
const CLAIMS: &str = "say yes without complete evidence (happened_at, collection_point, form_id, and a wording that covers the \
                      channel): kept as claims, which grant nothing";

/// The report as people read it; the lines below `read` add up to it.
#[must_use]
pub fn table(report: &ImportReport) -> String {
    let rows = &report.rows;
    let mut text = format!(
        "{}{}: {} rows read\n",
        report.kind.word(),
        if report.dry_run { " (dry run)" } else { "" },
        report.read
    );
    for (count, what) in [
        (rows.new, "new"),
        (rows.changed, "changed"),
        (rows.unchanged, "unchanged"),
        (rows.waiting, "waiting for a record that they name"),
        (rows.rejected, "rejected"),
    ] {
        text.push_str(&format!("{count:>10}  {what}\n"));
    }
    for ((field, reason), count) in &report.reasons {
        text.push_str(&format!("{:>10}  {field}: {reason}\n", format!("({count})")));
    }
    if report.claims > 0 {
        text.push_str(&format!("{:>10}  {CLAIMS}\n", format!("({})", report.claims)));
    }
    for (kind, counts) in &report.late {
        text.push_str(&format!("{:>10}  {} that had waited\n", format!("+{}", counts.sum()), kind.word()));
    }
    text
}

/// The file's own instant, or the business clock now.
async fn as_of(store: &Store, silo: InstitutionId, given: Option<&str>) -> anyhow::Result<DateTime<Utc>> {
    match given {
        Some(text) => text
            .parse()
            .ok()
            .with_context(|| format!("--as-of: {text} is no instant like 2026-01-31T04:00:00Z")),
        None => Ok(store
            .scoped(silo, |tx| async move {
                let now = tx.business_now();
                tx.commit(now).await
            })
            .await?),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn beside(path: &Path) -> PathBuf {
    path.with_file_name(format!("{}.rejected.csv", file_name(path)))
}

/// Shows progress on a terminal, and writes the file of rejected rows as soon as there is one.
struct Reporter {
    rejected: RejectedRows,
    is_announced: bool,
}

impl Reporter {
    const fn new(path: PathBuf) -> Self {
        Self { rejected: RejectedRows::new(path), is_announced: false }
    }

    /// A row that cannot be written down is told at once: nothing is dropped in silence.
    fn write(&mut self, rejection: &Rejection) {
        let written = self.rejected.write(rejection);
        if !self.is_announced {
            self.is_announced = true;
            let place = self.rejected.path().display();
            match &written {
                Ok(()) => eprintln!("rejected rows are written to {place}"),
                Err(_) => eprintln!("rejected rows cannot be written to {place}; they follow here"),
            }
        }
        if written.is_err() {
            eprintln!("{rejection}");
        }
    }
}

impl Observer for Reporter {
    fn progress(&mut self, report: &ImportReport) {
        if std::io::stderr().is_terminal() {
            eprint!("\r{} rows", report.read);
        }
    }

    fn rejected(&mut self, rejection: &Rejection) {
        self.write(rejection);
    }

    fn late_rejected(&mut self, kind: Kind, rejection: &Rejection) {
        eprintln!("{} that had waited, {rejection}", kind.word());
    }

    fn remark(&mut self, remark: &Rejection) {
        self.write(remark);
    }
}
