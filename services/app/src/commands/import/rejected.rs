//! The file of rejected rows, made with the first of them.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use intake::{RejectWriter, Rejection};

/// Rows that were rejected, on their way into a file.
pub struct RejectedRows {
    path: PathBuf,
    state: State,
}

enum State {
    Empty,
    Open(Box<RejectWriter<BufWriter<File>>>),
    /// Something was not written: the file is not whole.
    Failed,
}

impl RejectedRows {
    /// A file that is not there yet.
    pub const fn new(path: PathBuf) -> Self {
        Self { path, state: State::Empty }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it cannot be written, or an earlier one could not.
    pub fn write(&mut self, rejection: &Rejection) -> io::Result<()> {
        if let State::Empty = self.state {
            self.state = match File::create(&self.path)
                .and_then(|file| RejectWriter::new(BufWriter::new(file)).map_err(io::Error::from))
            {
                Ok(writer) => State::Open(Box::new(writer)),
                Err(_) => State::Failed,
            };
        }
        let written = match &mut self.state {
            State::Open(writer) => writer.write(rejection).map_err(io::Error::from),
            State::Empty | State::Failed => {
                Err(io::Error::other("the file of rejected rows cannot be written"))
            }
        };
        if written.is_err() {
            self.state = State::Failed;
        }
        written
    }

    /// Brings everything to the file.
    ///
    /// # Errors
    /// When a row is missing in it.
    pub fn finish(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Empty) {
            State::Empty => Ok(()),
            State::Open(writer) => io::Write::flush(&mut writer.finish()?),
            State::Failed => Err(io::Error::other("the file of rejected rows cannot be written")),
        }
    }
}
