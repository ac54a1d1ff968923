//! `rappel` on the command line, as a person runs it.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use super::wait;

/// The binary under test.
pub const RAPPEL: &str = env!("CARGO_BIN_EXE_rappel");

/// What a command said and how it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    pub said: String,
    pub complained: String,
    pub succeeded: bool,
}

/// Runs `rappel` with `arguments` under a settings file and some variables, and nothing else of our environment. A
/// command that does not end is ended, and has failed.
pub fn rappel(settings: Option<&Path>, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = Command::new(RAPPEL);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(variables.iter().copied()).args(arguments);
    if let Some(settings) = settings {
        command.arg("--settings").arg(settings);
    }
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (said, complained) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let ended = wait::comes_within(wait::PATIENCE, || child.try_wait().unwrap().is_some());
    if !ended {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    let (said, complained) = (said.join().unwrap(), complained.join().unwrap());
    assert!(ended, "rappel {} does not end: {said}{complained}", arguments.join(" "));
    Ran { said, complained, succeeded: status.success() }
}

/// Reads a stream to its end in a thread, so that neither stream makes the other wait.
fn reader(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    })
}

impl Ran {
    /// What it said, when it succeeded.
    #[track_caller]
    pub fn said(self) -> String {
        assert!(self.succeeded, "{}{}", self.said, self.complained);
        self.said
    }

    /// What it said, whether it called that a success or not.
    pub fn said_whatever(self) -> String {
        self.said
    }

    /// What it said, as the one JSON object that it is.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let said = self.said();
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// The one sentence with which it refused: beside log lines nothing else may stand on either stream.
    #[track_caller]
    pub fn refusal(self) -> String {
        assert!(!self.succeeded, "it should have been refused, and said: {}", self.said);
        assert_eq!(self.said, "", "a refused command says nothing on standard output");
        // Log lines are JSON; findings about one file are indented below their sentence.
        let lines: Vec<&str> = self.complained.lines().filter(|line| !line.starts_with('{')).collect();
        let [first, findings @ ..] = &lines[..] else { panic!("no sentence: {}", self.complained) };
        assert!(first.starts_with("rappel: "), "{}", self.complained);
        assert!(
            findings.iter().all(|line| line.starts_with("  ")),
            "more than one sentence: {}",
            self.complained
        );
        lines.join("\n")
    }
}
