//! A disk that takes a part of a record only: an error, and a spool as it was before.

use std::process::Command;

use spool::{Options, Spool, SpoolError};

use crate::support::{ID, as_other, folder_of_the_other, options, record};

const NAME: &str = "full_disk::a_record_that_does_not_fit_leaves_no_trace";

/// No new segment before the limit of the process is reached.
fn one_segment() -> Options {
    options().segment_octets(1 << 30)
}

#[test]
fn a_record_that_does_not_fit_leaves_no_trace() {
    if let Some(folder) = folder_of_the_other() {
        let spool = Spool::open(&folder, one_segment(), ID).unwrap();
        return append_until_full(&spool);
    }
    let dir = tempfile::tempdir().unwrap();
    let (program, arguments, (variable, folder)) = as_other(NAME, dir.path());
    // The shell limits the size of files; with the signal ignored, a write ends short and then fails, as on a full disk.
    // What the child prints goes through pipes: the limit would also hold for a file that takes this test's output.
    let child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"])
        .arg(program)
        .args(arguments)
        .env(variable, folder)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));

    let spool = Spool::open(dir.path(), one_segment(), ID).unwrap();
    assert_eq!(spool.torn(), None);
    let found: Vec<_> = spool.read(spool.first()).unwrap().map(|entry| entry.unwrap().record).collect();
    let (last, before) = found.split_last().unwrap();
    assert!(before.len() > 10, "the limit was reached too soon to tell anything");
    for (number, found) in (0..).zip(before) {
        assert_eq!(*found, record(number));
    }
    assert_eq!(last, &[1], "what fits is still taken");
}

fn append_until_full(spool: &Spool) {
    let refused = (0..).find_map(|number| spool.append(&record(number)).err()).unwrap();
    assert!(matches!(refused, SpoolError::Io { doing: "write to", .. }), "{refused}");
    let end = spool.end();
    assert_eq!(spool.append(&[1]).unwrap().offset, end);
}
