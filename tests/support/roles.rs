//! The roles of an installation as child processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use servers::Program;

use super::command::RAPPEL;
use super::settings::Settings;
use super::wait;

/// How long a role may take to finish what is open.
const FAREWELL: Duration = Duration::from_secs(30);

/// How the product is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// `rappel all`.
    OneProcess,
    /// One process per role.
    SeparateProcesses,
}

impl Arrangement {
    fn roles(self) -> &'static [&'static str] {
        match self {
            Self::OneProcess => &["all"],
            Self::SeparateProcesses => &["schedule", "track", "work"],
        }
    }
}

/// The running processes. Nothing that is not in here is ever signalled.
#[derive(Debug, Default)]
pub struct Roles(Vec<(&'static str, Program)>);

impl Roles {
    /// Starts every process of an arrangement and waits until each says that it is ready.
    pub fn start(&mut self, settings: &Settings, arrangement: Arrangement) {
        for role in arrangement.roles() {
            self.start_one(settings, role, &[]);
        }
        for role in arrangement.roles() {
            let log = log_of(&settings.folder, role);
            wait::until("a role is ready", || {
                assert!(!self.has_ended(role), "{}", fs::read_to_string(&log).unwrap());
                fs::read_to_string(&log).is_ok_and(|text| text.contains("ready: "))
            });
        }
    }

    /// Starts one process, with fail points for it alone.
    pub fn start_one(
        &mut self,
        settings: &Settings,
        role: &'static str,
        variables: &[(&'static str, String)],
    ) {
        let arguments = vec![role.to_owned(), "--settings".to_owned(), settings.path().display().to_string()];
        let log = log_of(&settings.folder, role);
        let program =
            Program::start(Path::new(RAPPEL), arguments, variables.to_vec(), &settings.folder, &log).unwrap();
        self.0.push((role, program));
    }

    /// Kills a process as `kill -9` does, and waits until it is gone.
    pub fn kill9(&mut self, role: &str) {
        let at = self.position(role);
        let (_, mut program) = self.0.remove(at);
        program.kill9();
        assert!(program.ends_within(FAREWELL), "{role} survived kill -9");
    }

    /// Whether a process ended by itself, at a fail point for example.
    pub fn has_ended(&self, role: &str) -> bool {
        self.0[self.position(role)].1.ends_within(Duration::ZERO)
    }

    /// Takes a process that ended by itself out of the list.
    pub fn bury(&mut self, role: &str) {
        assert!(self.has_ended(role), "{role} runs");
        self.0.remove(self.position(role));
    }

    /// Waits for a process to end by itself, and tells whether it called that a success.
    pub fn succeeded(&mut self, role: &str) -> bool {
        let at = self.position(role);
        let ended = self.0.remove(at).1.success_within(FAREWELL).unwrap();
        ended.unwrap_or_else(|| panic!("{role} did not end within {} s", FAREWELL.as_secs()))
    }

    /// Asks every process to stop, and fails when one does not, or had ended before.
    pub fn stop(&mut self) {
        for (role, program) in &self.0 {
            assert!(!program.ends_within(Duration::ZERO), "{role} had ended by itself");
        }
        for (_, program) in &mut self.0 {
            program.terminate();
        }
        for (role, program) in self.0.drain(..) {
            assert!(program.ends_within(FAREWELL), "{role} did not stop within {} s", FAREWELL.as_secs());
        }
    }

    fn position(&self, role: &str) -> usize {
        self.0.iter().position(|(name, _)| *name == role).unwrap_or_else(|| panic!("{role} was not started"))
    }
}

/// Where a role's output goes.
pub fn log_of(folder: &Path, role: &str) -> PathBuf {
    folder.join(format!("{role}.log"))
}
