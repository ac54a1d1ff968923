//! What can go wrong between "start a server" and "it answers".

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// Lines of a server's log that an error quotes.
const QUOTED_LINES: usize = 12;

/// Why a private server could not be started or steered.
#[derive(Debug)]
pub enum ServerError {
    /// The programs are not on this machine; `advice` says what to install.
    NotInstalled {
        /// Which server.
        server: &'static str,
        /// What to install or set, in words.
        advice: String,
    },
    /// A folder or file could not be made, owned or read.
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No folder suits a server: short enough for a socket, and open to the account that it runs as.
    NoFolder {
        /// What was tried and would be right.
        advice: String,
    },
    /// Every port of the range is taken on the loopback interface.
    NoPort {
        /// The first port tried.
        first: u16,
        /// The last port tried.
        last: u16,
    },
    /// The data folder belongs to another version of the server.
    OtherVersion {
        /// The data folder.
        data: PathBuf,
        /// The version that made it.
        made_by: String,
        /// The version of the programs found.
        found: u32,
    },
    /// A program could not be run at all.
    NotRun {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A step ended with an error; `log` is the end of what the server wrote.
    Failed {
        /// The step, for example `initdb`.
        step: &'static str,
        /// The last lines of its output.
        log: String,
    },
    /// A step was not finished in time; `log` is the end of what the server wrote.
    TooSlow {
        /// The step, for example `PostgreSQL start`.
        step: &'static str,
        /// How long it was given.
        seconds: u64,
        /// The last lines of its output.
        log: String,
    },
}

impl ServerError {
    pub(crate) fn folder(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Folder { path, source }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled { server, advice } => write!(f, "{server} is not installed: {advice}"),
            Self::Folder { path, source } => write!(f, "{}: {source}", path.display()),
            Self::NoFolder { advice } => write!(f, "no folder for a private server: {advice}"),
            Self::NoPort { first, last } => write!(f, "no free port between {first} and {last} on 127.0.0.1"),
            Self::OtherVersion { data, made_by, found } => write!(
                f,
                "{} was made by PostgreSQL {made_by}, but the programs found are version {found}: \
                 name the right ones in PG_BIN",
                data.display()
            ),
            Self::NotRun { program, source } => write!(f, "cannot run {}: {source}", program.display()),
            Self::Failed { step, log } => write!(f, "{step} failed; its last words:\n{log}"),
            Self::TooSlow { step, seconds, log } => {
                write!(f, "{step} took more than {seconds} s; its last words:\n{log}")
            }
        }
    }
}

impl std::error::Error for ServerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder { source, .. } | Self::NotRun { source, .. } => Some(source),
            Self::NotInstalled { .. }
            | Self::NoFolder { .. }
            | Self::NoPort { .. }
            | Self::OtherVersion { .. }
            | Self::Failed { .. }
            | Self::TooSlow { .. } => None,
        }
    }
}

/// The last lines of a log file; empty when there is none.
pub(crate) fn last_lines_of(log: &Path) -> String {
    fs::read(log).map(|bytes| last_lines(&bytes)).unwrap_or_default()
}

/// The last lines of some output.
pub(crate) fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_quotes_only_the_end_of_a_log() {
        let log: String = (1..=40).map(|n| format!("line {n}\n")).collect();
        let quoted = last_lines(log.as_bytes());
        assert_eq!(quoted.lines().count(), QUOTED_LINES);
        assert!(quoted.starts_with("line 29\n") && quoted.ends_with("line 40"), "{quoted}");
    }

    #[test]
    fn a_missing_log_is_no_second_error() {
        assert_eq!(last_lines_of(Path::new("/nonexistent/server.log")), "");
    }
}
