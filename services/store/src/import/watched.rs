//! Files of watched folders: each taken once, and what became of it.
//!
//! A file is known by mapping, name and hash of its content. Its instant is set when it is first begun and stays, however often
//! it is begun again: an import that was interrupted is repeated as of the same instant, and so with the same effect. Only one
//! watcher of an institution works at a time ([`turn`]), so that files are taken in their order.
//!
//! A content that is delivered again right after itself changes nothing and is not imported, unless its mapping was saved anew.
//! After another content it is: a list that goes from one state to another and back has three files, and the third one counts.

use chrono::{DateTime, Utc};
use intake::SourceName;
use model::ids::InstitutionId;
use sqlx::Row as _;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Counts;
use crate::{Result, Store, StoreError, Tx};

/// The right to work on the watched files of an institution. Ends when dropped, and with the connection.
#[derive(Debug)]
pub struct Turn {
    _until_dropped: oneshot::Sender<()>,
}

/// Takes the turn, or `None` while another watcher has it. Holds a connection of the pool.
///
/// # Errors
/// Database errors.
pub async fn turn(store: &Store, institution: InstitutionId) -> Result<Option<Turn>> {
    let (taken, is_taken) = oneshot::channel();
    let (until_dropped, dropped) = oneshot::channel::<()>();
    let store = store.clone();
    let hold = async move {
        store
            .unscoped(move |mut tx| async move {
                sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut *tx).await?;
                let lock = "SELECT pg_try_advisory_xact_lock(hashtext('rappel watch'), $1)";
                let has_lock: bool = sqlx::query_scalar(lock).bind(institution.0).fetch_one(&mut *tx).await?;
                // Whoever asked may be gone; then the lock goes with this transaction.
                let _ = taken.send(has_lock);
                if has_lock {
                    let _ = dropped.await;
                }
                tx.rollback().await?;
                Ok(())
            })
            .await
    };
    let holding = tokio::spawn(hold);
    match is_taken.await {
        Ok(true) => Ok(Some(Turn { _until_dropped: until_dropped })),
        Ok(false) => Ok(None),
        Err(_) => match holding.await {
            Ok(Err(error)) => Err(error),
            Ok(Ok(())) | Err(_) => Err(StoreError::Lost),
        },
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub enum Outcome {
    /// Every row was taken, or waits.
    Imported = 0,
    /// Some rows were rejected, and the others taken.
    Partly = 1,
    /// The file as a whole was refused.
    Refused = 2,
    /// The same content as the file before it: nothing was done.
    Repeated = 3,
}

impl Outcome {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Partly => "imported_with_rejections",
            Self::Refused => "refused",
            Self::Repeated => "repeated",
        }
    }

    /// Whether nobody has to look at the file.
    #[must_use]
    pub const fn is_well(self) -> bool {
        match self {
            Self::Imported | Self::Repeated => true,
            Self::Partly | Self::Refused => false,
        }
    }

    fn of(number: i16) -> Result<Self> {
        [Self::Imported, Self::Partly, Self::Refused, Self::Repeated]
            .into_iter()
            .find(|outcome| *outcome as i16 == number)
            .ok_or_else(|| StoreError::UnknownValue(format!("outcome {number} of a watched file")))
    }
}

/// A file that lies in a watched folder.
#[derive(Clone, Debug)]
pub struct Found {
    /// The name of the mapping that reads it.
    pub mapping: SourceName,
    /// SHA-256 of its octets.
    pub content_hash: [u8; 32],
    /// Its name in the folder.
    pub file_name: String,
}

/// What is to be done with a file.
#[derive(Clone, Debug)]
pub enum Begun {
    /// Import it, as of this instant.
    Import {
        /// The number of the file.
        file: i64,
        /// True of every attempt.
        as_of: DateTime<Utc>,
        /// What attempts before this one did before they were interrupted.
        earlier: Vec<Attempt>,
    },
    /// The same content came before, and nothing else since: report it as [`Outcome::Repeated`].
    Repeat {
        /// The number of the file.
        file: i64,
        /// The name that it had.
        before: String,
        /// When it was true.
        as_of: DateTime<Utc>,
    },
    /// It was imported; report and move it.
    Finished(Finished),
}

/// A file whose import came to its end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The number of the file.
    pub file: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// Its name in the folder that it is moved to.
    pub moved_to: String,
    /// The report, as JSON.
    pub report: String,
}

/// A run that was interrupted: what it had committed.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The run.
    pub run_id: Uuid,
    /// Rows read.
    pub read: u64,
    /// What became of them.
    pub rows: Counts,
}

/// Finds out what is to be done with a file, and notes the run that will do it.
///
/// # Errors
/// Database errors.
pub async fn begin(tx: &mut Tx, found: &Found, run_id: Uuid) -> Result<Begun> {
    let institution = tx.institution().0;
    let on_its_way = sqlx::query(include_str!("watched/on_its_way.sql"))
        .bind(institution)
        .bind(found.mapping.as_str())
        .bind(found.content_hash)
        .bind(&found.file_name)
        .fetch_optional(tx.connection().await?)
        .await?;
    let Some(row) = on_its_way else { return begin_new(tx, found, run_id).await };
    let file: i64 = row.try_get("file_id")?;
    if let Some(outcome) = row.try_get::<Option<i16>, _>("outcome")? {
        let (moved_to, report) = (row.try_get("moved_to")?, row.try_get("report")?);
        return Ok(Begun::Finished(Finished { file, outcome: Outcome::of(outcome)?, moved_to, report }));
    }
    let earlier = attempts(tx, &row.try_get::<Vec<Uuid>, _>("runs")?).await?;
    sqlx::query("UPDATE watched_file SET runs = runs || $3 WHERE institution_id = $1 AND file_id = $2")
        .bind(institution)
        .bind(file)
        .bind(run_id)
        .execute(tx.connection().await?)
        .await?;
    Ok(Begun::Import { file, as_of: row.try_get("as_of")?, earlier })
}

async fn begin_new(tx: &mut Tx, found: &Found, run_id: Uuid) -> Result<Begun> {
    let (institution, as_of) = (tx.institution().0, tx.business_now());
    let before = sqlx::query(include_str!("watched/last.sql"))
        .bind(institution)
        .bind(found.mapping.as_str())
        .fetch_optional(tx.connection().await?)
        .await?;
    let file: i64 = sqlx::query_scalar(include_str!("watched/begin.sql"))
        .bind(institution)
        .bind(found.mapping.as_str())
        .bind(found.content_hash)
        .bind(&found.file_name)
        .bind(as_of)
        .bind(run_id)
        .fetch_one(tx.connection().await?)
        .await?;
    if let Some(row) = before {
        let same = row.try_get::<Vec<u8>, _>("content_hash")? == found.content_hash
            && !row.try_get::<bool, _>("is_outdated")?;
        if same && Outcome::of(row.try_get("outcome")?)?.is_well() {
            let (before, as_of) = (row.try_get("file_name")?, row.try_get("as_of")?);
            return Ok(Begun::Repeat { file, before, as_of });
        }
    }
    Ok(Begun::Import { file, as_of, earlier: Vec::new() })
}

async fn attempts(tx: &mut Tx, runs: &[Uuid]) -> Result<Vec<Attempt>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(include_str!("watched/attempts.sql"))
        .bind(institution)
        .bind(runs)
        .fetch_all(tx.connection().await?)
        .await?;
    rows.iter()
        .map(|row| {
            let number = |name: &str| {
                Ok::<_, StoreError>(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or_default())
            };
            let rows = Counts {
                new: number("rows_new")?,
                changed: number("rows_changed")?,
                unchanged: number("rows_unchanged")?,
                waiting: number("rows_waiting")?,
                rejected: number("rows_rejected")?,
            };
            Ok(Attempt { run_id: row.try_get("run_id")?, read: number("rows_read")?, rows })
        })
        .collect()
}

/// Notes what became of a file: from here on it is reported and moved, and not imported again.
///
/// # Errors
/// Database errors.
pub async fn finish(tx: &mut Tx, finished: &Finished) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("watched/finish.sql"))
        .bind(institution)
        .bind(finished.file)
        .bind(finished.outcome as i16)
        .bind(&finished.moved_to)
        .bind(&finished.report)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// Notes that nothing more is to be done about a file.
///
/// # Errors
/// Database errors.
pub async fn settle(tx: &mut Tx, file: i64) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query("UPDATE watched_file SET settled = true WHERE institution_id = $1 AND file_id = $2")
        .bind(institution)
        .bind(file)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}

/// Settles the files of some mappings that are on their way and lie in the folder no more: moved before that could be noted, or
/// taken away. The same content that comes later is then another file.
///
/// # Errors
/// Database errors.
pub async fn settle_absent(tx: &mut Tx, mappings: &[String], present: &[String]) -> Result<()> {
    let institution = tx.institution().0;
    sqlx::query(include_str!("watched/settle_absent.sql"))
        .bind(institution)
        .bind(mappings)
        .bind(present)
        .execute(tx.connection().await?)
        .await?;
    Ok(())
}
