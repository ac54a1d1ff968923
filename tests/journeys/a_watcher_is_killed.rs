//! A watcher of a folder dies with a file in its hands: wherever that is, the next one brings the file to the same end.

use std::fs;

use crate::support::inbox::{CONTACTS, Inbox, ON_THE_WAY, RUNS, contact, names};
use crate::support::product::{self, minutes};

/// Where a watcher can die with a file in its hands.
const POINTS: [&str; 8] = [
    "watch.after_begin",
    "import.after_chunk",
    "watch.after_import",
    "watch.after_finish",
    "watch.after_report",
    "watch.after_rejected",
    "watch.after_move",
    "",
];

#[test]
fn a_kill_at_any_point_leaves_a_file_that_is_imported_once_and_reported() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        for (number, point) in (1..).zip(POINTS) {
            let file = format!("contacts-{number}.csv");
            inbox.put(&file, &(contact(&format!("C{number}")) + &format!("X{number};;;Danse;\n")));
            if !point.is_empty() {
                let killed = inbox.once(&format!("{point}=return"));
                assert!(
                    !killed.succeeded && killed.said.is_empty(),
                    "{point}: {}{}",
                    killed.said,
                    killed.complained
                );
            }
            inbox.product.advance(minutes(10));
            let said = inbox.once("").said_whatever();
            let is_moved = point == "watch.after_move";
            let outcome = format!("{file}: imported_with_rejections\n");
            assert_eq!(said, if is_moved { "" } else { &outcome }, "{point}");

            let failed = [file.clone(), format!("{file}.report.json"), format!("{file}.rejected.csv")];
            assert!(
                failed.iter().all(|name| inbox.names("failed").contains(name)),
                "{point}: {:?}",
                inbox.names("failed")
            );
            assert_eq!(inbox.names(""), names([]), "{point}: nothing is left behind");
            assert_eq!(inbox.number(ON_THE_WAY), 0, "{point}");
            assert_eq!(inbox.number(CONTACTS), number, "{point}");
            let report = inbox.report(&format!("failed/{file}"));
            let earlier = report["interrupted_before"].as_array().unwrap();
            let new: i64 =
                earlier.iter().chain([&report]).map(|run| run["rows"]["new"].as_i64().unwrap()).sum();
            assert_eq!(new, 1, "{point}: {report:#}");
            let rejected =
                fs::read_to_string(inbox.folder.join("failed").join(format!("{file}.rejected.csv"))).unwrap();
            assert_eq!(rejected.lines().count(), 2, "{point}: {rejected}");
            let as_of = "SELECT count(*) FROM contact c JOIN watched_file w ON w.as_of = c.as_of AND w.file_name = $1";
            assert_eq!(inbox.product.owner.number_of(as_of, &file), 1, "{point}: as of the first attempt");
            let runs = inbox.number(RUNS);
            assert_eq!(inbox.once("").said(), "", "{point}");
            assert_eq!(inbox.number(RUNS), runs, "{point}: and not again");
        }
    });
}
