//! `kill -9` at any moment: what append has returned is there, in order, and nothing else.

use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Command, Stdio};

use spool::{Spool, SpoolError};

use crate::support::{ID, as_other, folder_of_the_other, options, record};

const NAME: &str = "killed_process::what_was_appended_survives_the_process";
const SAID: &str = "appended ";

#[test]
fn what_was_appended_survives_the_process() {
    if let Some(folder) = folder_of_the_other() {
        append_for_ever(&Spool::open(&folder, options(), ID).unwrap());
    }
    let dir = tempfile::tempdir().unwrap();
    let mut survived = 0;
    for patience in [1, 7, 500, 3_000] {
        let (program, arguments, (variable, folder)) = as_other(NAME, dir.path());
        let mut other = Command::new(program)
            .args(arguments)
            .env(variable, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(other.stdout.take().unwrap()).lines();
        let mut said = lines.filter_map(|line| line.unwrap().split_once(SAID)?.1.parse::<u64>().ok());
        let mut last = said.by_ref().nth(patience).unwrap();
        assert!(matches!(Spool::open(dir.path(), options(), ID), Err(SpoolError::Locked { .. })));
        other.kill().unwrap();
        last = said.last().unwrap_or(last);
        other.wait().unwrap();

        let spool = Spool::open(dir.path(), options(), ID).unwrap();
        let found: Vec<_> = spool.read(spool.first()).unwrap().map(|entry| entry.unwrap().record).collect();
        assert!(found.len() as u64 > last, "{} records, and {last} was said to be appended", found.len());
        assert!(found.len() as u64 > survived, "the earlier ones stay");
        survived = found.len() as u64;
        for (number, found) in (0..).zip(found) {
            assert_eq!(found, record(number));
        }
    }
}

/// Goes on behind what is there, and says each number once it is appended.
fn append_for_ever(spool: &Spool) -> ! {
    let mut number = spool.read(spool.first()).unwrap().count() as u64;
    loop {
        spool.append(&record(number)).unwrap();
        // A line in two writes could be cut in two by the kill, and read as a smaller number.
        stdout().write_all(format!("{SAID}{number}\n").as_bytes()).unwrap();
        stdout().flush().unwrap();
        number += 1;
    }
}
