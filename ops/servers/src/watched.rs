//! A server process with a shell between it and us.
//!
//! The shell starts the server, tells its process id, and then obeys its standard input: each line is a signal to pass
//! on. When the input closes, because we stopped or because we were killed, it stops the server, waits for it, and
//! removes what was to be left to nobody.
//! Until then the shell has not waited for its child, so that the number cannot belong to another process: a signal
//! always reaches the process that was started here.
//!
//! The server and all processes that it forks hold the writing end of the shell's output. Its end-of-file therefore
//! says that the *whole family* is gone, which is what a restart after `kill -9` has to wait for.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, io, thread};

use crate::account::Account;

/// How long a server may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at whether a server is ready.
const GLANCE: Duration = Duration::from_millis(10);

/// `$1` the signal that stops the server, `$2` the folder to remove unless told `keep`, then the command.
/// The server's output goes to the shell's error stream (the log), its third descriptor is the shell's output.
const WATCHER: &str = r#"
stop=$1; leftover=$2; shift 2
"$@" 3>&1 >&2 </dev/null &
server=$!
echo "$server"
exec >&-
while read -r order; do
    case $order in
        keep) leftover= ;;
        *) kill -s "$order" "$server" ;;
    esac
done
kill -s "$stop" "$server"
wait "$server"
code=$?
if [ -n "$leftover" ]; then rm -rf "$leftover"; fi
exit $code
"#;

/// A signal, by the name that POSIX `kill` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
    Kill,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Terminate => "TERM",
            Self::Kill => "KILL",
        }
    }
}

/// How waiting for a server to become ready ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    Ended,
    TooSlow,
}

/// What to start, and how it is stopped.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: Vec<String>,
    /// Beside `PATH` and `LD_LIBRARY_PATH`, which are passed on; nothing else of our environment is.
    pub(crate) environment: Vec<(&'static str, String)>,
    pub(crate) working_folder: &'a Path,
    /// Where both output streams are appended.
    pub(crate) log: &'a Path,
    pub(crate) account: Option<&'a Account>,
    pub(crate) stop: Signal,
    /// Removed by the watcher when this process ends without dropping the server.
    pub(crate) leftover: Option<&'a Path>,
}

/// A running server. Stopped on drop.
#[derive(Debug)]
pub(crate) struct Watched {
    watcher: Child,
    orders: Option<ChildStdin>,
    pid: u32,
    stop: Signal,
    family: Arc<Family>,
}

impl Watched {
    pub(crate) fn start(launch: &Launch<'_>) -> io::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(launch.log)?;
        let mut command = clean_command(Path::new("/bin/sh"), launch.working_folder, launch.account);
        command
            .args(["-c", WATCHER, "watcher", launch.stop.name()])
            .arg(launch.leftover.unwrap_or(Path::new("")));
        command.arg(launch.program).args(&launch.arguments);
        command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
        // An own process group: Ctrl-C reaches us alone, and we decide when the server goes.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut watcher = command.spawn()?;
        let orders = watcher.stdin.take();
        let mut output = BufReader::new(watcher.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut first = String::new();
        output.read_line(&mut first)?;
        let pid =
            first.trim().parse().map_err(|_| io::Error::other("the shell did not tell the process id"))?;
        let family = Arc::new(Family::default());
        let watched = Self { watcher, orders, pid, stop: launch.stop, family: Arc::clone(&family) };
        thread::Builder::new().name("server-end".into()).spawn(move || family.wait_for_end(output))?;
        Ok(watched)
    }

    /// The server's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits at most this long for the server and all its children to be gone, and tells whether they are.
    pub(crate) fn gone_within(&self, longest: Duration) -> bool {
        self.family.gone_within(longest)
    }

    /// Looks again and again, at most this long, whether the server is ready; ends at once when the server does.
    pub(crate) fn wait_until(&self, is_ready: impl Fn() -> bool, longest: Duration) -> Readiness {
        let deadline = Instant::now() + longest;
        while !is_ready() {
            if self.gone_within(GLANCE) {
                return Readiness::Ended;
            }
            if Instant::now() > deadline {
                return Readiness::TooSlow;
            }
        }
        Readiness::Ready
    }

    /// For a program that ends by itself: waits at most this long and tells whether it succeeded; `None` when it had to
    /// be stopped.
    pub(crate) fn success_within(mut self, longest: Duration) -> io::Result<Option<bool>> {
        if !self.gone_within(longest) {
            return Ok(None);
        }
        self.order("keep")?;
        drop(self.orders.take());
        Ok(Some(self.watcher.wait()?.success()))
    }

    /// Sends a signal to the server (not to its children).
    pub(crate) fn signal(&mut self, signal: Signal) -> io::Result<()> {
        self.order(signal.name())
    }

    fn order(&mut self, line: &str) -> io::Result<()> {
        match self.orders.as_mut() {
            Some(orders) => writeln!(orders, "{line}"),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // The folder is its owner's again. Errors say that the watcher is gone, and the server with it.
        let _ = self.order("keep");
        let _ = self.order(self.stop.name());
        if !self.gone_within(PATIENCE) {
            let _ = self.signal(Signal::Kill);
            self.gone_within(PATIENCE);
        }
        drop(self.orders.take());
        let _ = self.watcher.wait();
    }
}

/// Whether any process of the server is left.
#[derive(Debug, Default)]
struct Family {
    gone: Mutex<bool>,
    changed: Condvar,
}

impl Family {
    fn wait_for_end(&self, mut output: BufReader<ChildStdout>) {
        // An error is as good as the end: nobody can write there any more.
        let _ = output.read_to_end(&mut Vec::new());
        *self.gone.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn gone_within(&self, longest: Duration) -> bool {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let (gone, _) = self
            .changed
            .wait_timeout_while(gone, longest, |gone| !*gone)
            .unwrap_or_else(PoisonError::into_inner);
        *gone
    }
}

/// A command with a small, known environment, in a folder that its account may enter.
pub(crate) fn clean_command(program: &Path, folder: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().env("HOME", folder).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    for name in ["PATH", "LD_LIBRARY_PATH"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    if let Some(account) = account {
        account.apply(&mut command);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::TemporaryFolder;

    fn sleeper<'a>(folder: &'a TemporaryFolder, log: &'a Path) -> Launch<'a> {
        Launch {
            program: Path::new("/bin/sh"),
            arguments: vec!["-c".into(), "echo started; exec sleep 600".into()],
            environment: vec![],
            working_folder: folder.path(),
            log,
            account: None,
            stop: Signal::Terminate,
            leftover: Some(folder.path()),
        }
    }

    fn runs(pid: u32) -> bool {
        Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
    }

    #[test]
    fn dropping_stops_the_server_and_leaves_the_folder_to_its_owner() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        let log = folder.path().join("log");
        let server = Watched::start(&sleeper(&folder, &log)).unwrap();
        let pid = server.pid();
        assert!(runs(pid) && !server.gone_within(Duration::ZERO));
        drop(server);
        assert!(!runs(pid));
        assert!(folder.path().exists());
    }

    #[test]
    fn a_killed_server_is_seen_to_be_gone() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        let log = folder.path().join("log");
        let mut server = Watched::start(&sleeper(&folder, &log)).unwrap();
        server.signal(Signal::Kill).unwrap();
        assert!(server.gone_within(PATIENCE));
    }

    #[test]
    fn a_program_that_ends_by_itself_tells_how() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        let log = folder.path().join("log");
        for (script, success) in [("exit 0", Some(true)), ("exit 3", Some(false)), ("exec sleep 600", None)] {
            let mut program = sleeper(&folder, &log);
            program.arguments = vec!["-c".into(), script.into()];
            let longest = if success.is_some() { PATIENCE } else { GLANCE };
            assert_eq!(
                Watched::start(&program).unwrap().success_within(longest).unwrap(),
                success,
                "{script}"
            );
        }
        assert!(folder.path().exists());
    }

    #[test]
    fn when_we_are_killed_the_watcher_stops_the_server_and_removes_its_folder() {
        let folder = TemporaryFolder::make("rappel-test", None).unwrap();
        let log = folder.path().join("log");
        let mut server = Watched::start(&sleeper(&folder, &log)).unwrap();
        // What a killed process leaves: its end of the pipe closes, and no order was given.
        drop(server.orders.take());
        assert!(server.gone_within(PATIENCE));
        server.watcher.wait().unwrap();
        assert!(!folder.path().exists());
    }
}
