//! Why a broker could not be used, in sentences for the person who started the program.

use lapin::ErrorKind;
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};

/// Why no connection was made. Never holds credentials.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// The URL cannot be read.
    #[error("the URL of the broker must have the form amqp://user:password@host:port/virtual-host")]
    Address,
    /// Nothing listens there, or the connection broke.
    #[error("RabbitMQ at {place} cannot be reached: {why}")]
    Unreachable {
        /// Host, port and virtual host.
        place: String,
        /// What the network said.
        why: String,
    },
    /// Something listens there and does not speak.
    #[error("RabbitMQ at {place} gave no answer within {seconds} s")]
    Silent {
        /// Host, port and virtual host.
        place: String,
        /// The limit.
        seconds: u64,
    },
    /// Wrong user, password or virtual host.
    #[error("RabbitMQ at {place} refuses us: {why}; check user, password, virtual host and permissions")]
    Refused {
        /// Host, port and virtual host.
        place: String,
        /// What the broker said.
        why: String,
    },
    /// A queue or an exchange is there with other arguments (406).
    #[error(
        "{what} exists in RabbitMQ with another {argument} ({detail}); arguments cannot be changed in place: give it \
         the next version in its name, or delete it while it is empty"
    )]
    Mismatch {
        /// The queue or exchange.
        what: String,
        /// The argument that differs.
        argument: String,
        /// Both values, in the broker's words.
        detail: String,
    },
}

/// What was being done when the broker said no.
pub(super) struct Doing<'a> {
    pub(super) place: &'a str,
    /// "queue NAME" or "exchange NAME" while it is declared.
    pub(super) declaring: Option<&'a str>,
}

impl OpenError {
    pub(super) fn from_lapin(error: &lapin::Error, doing: &Doing<'_>) -> Self {
        let place = doing.place.to_owned();
        let why = error.to_string();
        let ErrorKind::ProtocolError(said) = error.kind() else {
            return Self::Unreachable { place, why };
        };
        let text = said.get_message().to_string();
        match said.kind() {
            AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED) => mismatch(&text, doing),
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)
            | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => Self::Refused { place, why: text },
            AMQPErrorKind::Soft(_) | AMQPErrorKind::Hard(_) => Self::Unreachable { place, why: text },
        }
    }
}

/// Reads "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received '1' but current
/// is '2'". A text of another form is passed on whole.
fn mismatch(text: &str, doing: &Doing<'_>) -> OpenError {
    let argument = text.split_once("arg '").and_then(|(_, rest)| rest.split_once('\'')).map(|(name, _)| name);
    let detail = text.split_once("': ").map_or(text, |(_, values)| values);
    OpenError::Mismatch {
        what: doing.declaring.unwrap_or("something").to_owned(),
        argument: argument.unwrap_or("argument").to_owned(),
        detail: detail.replace("received", "wanted").replace("but current is", "found"),
    }
}
