//! A program under test, started with the guard that servers have.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::watched::{Launch, Signal, Watched};

/// A running program of ours. It never outlives this process, however this process ends; on drop it is asked to stop
/// (SIGTERM) and, when it takes too long, killed. Signals reach this very process and no other.
#[derive(Debug)]
pub struct Program(Watched);

impl Program {
    /// Starts `program` under our account in `folder`, with the variables of `environment` and hardly any other. Both of
    /// its output streams are appended to `log`. When this process is killed, `folder` is removed.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn start(
        program: &Path,
        arguments: Vec<String>,
        environment: Vec<(&'static str, String)>,
        folder: &Path,
        log: &Path,
    ) -> io::Result<Self> {
        let launch = Launch {
            program,
            arguments,
            environment,
            working_folder: folder,
            log,
            account: None,
            stop: Signal::Terminate,
            leftover: Some(folder),
        };
        Watched::start(&launch).map(Self)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// Whether it ends within this time, by itself or after a signal.
    #[must_use]
    pub fn ends_within(&self, longest: Duration) -> bool {
        self.0.gone_within(longest)
    }

    /// Waits at most this long for it to end by itself, and tells whether it succeeded; `None` when it had to be stopped.
    ///
    /// # Errors
    /// When its guard is gone.
    pub fn success_within(self, longest: Duration) -> io::Result<Option<bool>> {
        self.0.success_within(longest)
    }

    /// Asks it to stop (SIGTERM).
    pub fn terminate(&mut self) {
        // An error says that it is gone already, which is what was wanted.
        let _ = self.0.signal(Signal::Terminate);
    }

    /// Ends it as `kill -9` does.
    pub fn kill9(&mut self) {
        let _ = self.0.signal(Signal::Kill);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TemporaryFolder;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn shell(folder: &TemporaryFolder, script: &str) -> Program {
        let arguments = vec!["-c".into(), script.into()];
        let environment = vec![("WORD", "hello".into())];
        let log = folder.path().join("log");
        Program::start(Path::new("/bin/sh"), arguments, environment, folder.path(), &log).unwrap()
    }

    #[test]
    fn a_program_writes_its_log_and_obeys_both_signals() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        let ended = shell(&folder, "echo $WORD >&2");
        assert!(ended.ends_within(PATIENCE));
        assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "hello\n");
        for signal in [Program::terminate, Program::kill9] {
            let mut running = shell(&folder, "exec sleep 600");
            assert!(!running.ends_within(Duration::ZERO));
            signal(&mut running);
            assert!(running.ends_within(PATIENCE));
        }
        assert!(folder.path().exists());
    }
}
