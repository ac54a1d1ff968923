//! What can go wrong between Rappel and its database, said so that a person knows what to do.

use model::guard::Figures;
use model::ids::InstitutionId;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be made.
    #[error(
        "cannot reach the database at {place}: {reason}. Is PostgreSQL running there, and is the setting right?"
    )]
    Unreachable {
        /// Host or socket folder and port, without secrets.
        place: String,
        /// The driver's words.
        reason: String,
    },
    /// The schema is not the one this program was built for.
    #[error(
        "the database has schema version {found}, this program needs {needed}: run `rappel migrate`, or the matching release"
    )]
    SchemaVersion {
        /// The newest migration applied, 0 for none.
        found: i64,
        /// The newest migration of this program.
        needed: i64,
    },
    /// The role could read across silos.
    #[error(
        "role {role} {why}: row-level security would not hold. Connect as a role that owns nothing, such as rappel_app"
    )]
    UnsafeRole {
        /// The role that was used.
        role: String,
        /// What makes it unsafe.
        why: &'static str,
    },
    /// There is no such institution.
    #[error("there is no institution with id {0}")]
    NoInstitution(InstitutionId),
    /// A stored value that this program does not know: written by a newer release, or damaged.
    #[error("the database holds a value that this release does not know: {0}")]
    UnknownValue(String),
    /// Two answers that should be equal are not.
    #[error("{0}")]
    Inconsistent(String),
    /// The request cannot be carried out as asked; the text names what would be right.
    #[error("{0}")]
    Refused(String),
    /// A launch waits for the number of those whom it reaches, typed by the person who launches.
    #[error("{0}: nothing was launched. Whoever launches it all the same types the number: --confirm {n}", n = .0.planned)]
    Unconfirmed(Figures),
    /// The task that held the transaction panicked; it was rolled back.
    #[error("the transaction failed inside and was rolled back")]
    Lost,
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether the database itself was away, so that the same work may be tried again later.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Database(error) => database_is_away(error),
            Self::SchemaVersion { .. }
            | Self::UnsafeRole { .. }
            | Self::NoInstitution(_)
            | Self::UnknownValue(_)
            | Self::Inconsistent(_)
            | Self::Refused(_)
            | Self::Unconfirmed(_)
            | Self::Lost => false,
        }
    }
}

/// Connection errors, and PostgreSQL's own words for "shutting down", "starting up" and "lock or time limit".
fn database_is_away(error: &sqlx::Error) -> bool {
    const AWAY: [&str; 9] = ["57P01", "57P02", "57P03", "08000", "08003", "08006", "53300", "55P03", "57014"];
    if let sqlx::Error::Database(inner) = error {
        return inner.code().is_some_and(|code| AWAY.contains(&code.as_ref()) || code.starts_with("40"));
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_)
    )
}

impl From<model::vocabulary::UnknownNumber> for StoreError {
    fn from(error: model::vocabulary::UnknownNumber) -> Self {
        Self::UnknownValue(error.to_string())
    }
}
