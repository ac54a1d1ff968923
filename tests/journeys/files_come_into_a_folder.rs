//! A folder is watched: each file of it is taken once, whatever happens on the way, and a report lies beside it.

use std::fs;

use serde_json::json;

use crate::support::inbox::{CONTACTS, HOUSE, Inbox, ON_THE_WAY, RUNS, contact, contacts, names};
use crate::support::product;
use crate::support::wait;

#[test]
fn what_is_there_is_taken_in_the_order_of_names() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        inbox.put("orders-1.csv", "Ligne,Client,Produit,Date,Montant\nL1,C1,GALA,10/01/2026,\"84,50\"\n");
        inbox.put("contacts-2.csv", &contact("C2"));
        inbox.put("contacts-1.csv", &contact("C1"));
        inbox.put("contacts-3.csv.part", &contact("C3"));
        inbox.put("notes.txt", "nobody's");
        let said = inbox.once("").said();
        assert_eq!(said, "contacts-1.csv: imported\ncontacts-2.csv: imported\norders-1.csv: imported\n");
        let of = |name: &str| [name.to_owned(), format!("{name}.report.json")];
        let done =
            ["contacts-1.csv", "contacts-2.csv", "orders-1.csv"].iter().flat_map(|name| of(name)).collect();
        assert_eq!(inbox.names("done"), done);
        assert_eq!(inbox.names(""), names(["contacts-3.csv.part", "notes.txt"]));
        assert_eq!(inbox.number("SELECT sum(amount)::bigint FROM order_line"), 8_450);
        assert_eq!(inbox.number("SELECT count(*) FROM criterion_value"), 4);

        let report = inbox.report("done/contacts-1.csv");
        assert_eq!((&report["outcome"], &report["mapping"]), (&json!("imported"), &json!("contacts")));
        let rows = json!({"read": 1, "new": 1, "changed": 0, "unchanged": 0, "waiting": 0, "rejected": 0});
        assert_eq!(report["rows"], rows);
        assert_eq!(report["sha256"].as_str().unwrap().len(), 64);
        assert!(!report.to_string().to_lowercase().contains("plantagenet"));

        let runs = inbox.number(RUNS);
        fs::rename(inbox.folder.join("contacts-3.csv.part"), inbox.folder.join("contacts-3.csv")).unwrap();
        assert_eq!(inbox.once("").said(), "contacts-3.csv: imported\n");
        assert_eq!(inbox.once("").said(), "");
        assert_eq!((inbox.number(RUNS), inbox.number(CONTACTS)), (runs + 1, 3));
    });
}

#[test]
fn a_list_that_goes_back_to_what_it_was_counts() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        let name = |name: &str| contact("C1").replace("Plantagenet", name);
        let known =
            "SELECT last_name FROM contact c JOIN institution i USING (institution_id) WHERE i.code = $1";
        for (put, outcome) in [
            ("Plantagenet", "imported"),
            ("Plantagenet", "repeated"),
            ("Plantagenet-Anjou", "imported"),
            ("Plantagenet", "imported"),
        ] {
            inbox.put("contacts-x.csv", &name(put));
            assert_eq!(inbox.once("").said(), format!("contacts-x.csv: {outcome}\n"));
            assert_eq!(inbox.product.owner.texts_of(known, HOUSE), [put]);
        }
        let files = ["contacts-x.csv", "contacts-x-2.csv", "contacts-x-3.csv", "contacts-x-4.csv"];
        assert!(files.iter().all(|name| inbox.names("done").contains(*name)), "{:?}", inbox.names("done"));
        assert_eq!(inbox.report("done/contacts-x-2.csv")["same_as"], "contacts-x.csv");
    });
}

#[test]
fn a_file_that_needs_a_person_is_set_apart_and_can_be_put_back() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        let wrong = contact("C1") + "C2;Plantagenet;no address;Danse;\n";
        inbox.put("contacts-1.csv", &wrong);
        inbox.put("contacts-2.csv", "Numéro;Nom;Taille\n");
        inbox.put("contacts-3.csv", &contact("C3"));
        let ran = inbox.once("");
        assert!(!ran.succeeded, "a nightly job has to notice");
        assert!(ran.complained.contains("2 of 3 files need a person"), "{}", ran.complained);
        assert_eq!(
            ran.said,
            "contacts-1.csv: imported_with_rejections\ncontacts-2.csv: refused\ncontacts-3.csv: imported\n"
        );
        let rejected = fs::read_to_string(inbox.folder.join("failed/contacts-1.csv.rejected.csv")).unwrap();
        assert!(rejected.contains("3,Mél (email),"), "{rejected}");
        assert!(rejected.contains("3,Genre (criterion.genre),"), "{rejected}");
        assert_eq!(inbox.report("failed/contacts-1.csv")["rows"]["rejected"], 1);
        let error = inbox.report("failed/contacts-2.csv")["error"].as_str().unwrap().to_owned();
        assert_eq!(
            error,
            "the mapping says nothing of 'Taille'; map what is wanted, and list the rest under ignore"
        );
        assert_eq!(inbox.names(""), names([]));
        assert_eq!(inbox.number(CONTACTS), 2);

        // The same file is tried again when a person puts it back.
        fs::rename(inbox.folder.join("failed/contacts-1.csv"), inbox.folder.join("contacts-1.csv")).unwrap();
        assert_eq!(inbox.once("").said_whatever(), "contacts-1.csv: imported_with_rejections\n");
        assert_eq!(inbox.report("failed/contacts-1-2.csv")["rows"]["unchanged"], 1);
    });
}

#[test]
fn a_mapping_that_does_not_fit_is_refused() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        let mut unknown = contacts();
        unknown["columns"]["Taille"] = json!("criterion:size");
        let refused = inbox.save("contacts", &unknown).refusal();
        assert!(refused.contains("columns/Taille: the criterion 'size' is not defined"), "{refused}");
        let mut wrong = contacts();
        wrong["columns"]["Nom"] = json!({"to": "last_name", "dat": "DD/MM/YYYY"});
        let refused = inbox.save("contacts", &wrong).refusal();
        assert!(refused.contains("columns.Nom") && refused.contains("unknown field `dat`"), "{refused}");
        let folder = inbox.folder.display().to_string();
        let watch = |mapping: &str| {
            inbox
                .product
                .rappel(&[
                    "import",
                    "--institution",
                    HOUSE,
                    "--mapping",
                    mapping,
                    "--watch",
                    &folder,
                    "--once",
                ])
                .refusal()
        };
        assert!(watch("places").contains("Known: contacts, orders"), "{}", watch("places"));
        let mut nameless = contacts();
        nameless.as_object_mut().unwrap().remove("files");
        inbox.save("nameless", &nameless).said();
        assert!(watch("nameless").contains("does not say which files it reads"));
        // A saved mapping reads a single file too.
        inbox.put("any-name.txt", &contact("C1"));
        let file = inbox.folder.join("any-name.txt").display().to_string();
        inbox.product.rappel(&["import", "--institution", HOUSE, "--mapping", "nameless", &file]).said();
        assert_eq!(inbox.number(CONTACTS), 1);
        let shown = inbox.product.rappel(&["mapping", "--institution", HOUSE, "show", "contacts"]).json();
        assert_eq!(shown, contacts());
    });
}

#[test]
fn two_watchers_share_a_folder_and_end_when_they_are_asked() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        let watchers = ["watch-1", "watch-2"].map(|log| inbox.watch(log));
        for number in 1..=5 {
            inbox.put_whole(&format!("contacts-{number}.csv"), &contact(&format!("C{number}")));
        }
        wait::until("every file was moved", || inbox.names("done").len() == 10);
        wait::until("every move is noted", || inbox.number(ON_THE_WAY) == 0);
        assert_eq!(inbox.number(CONTACTS), 5);
        assert_eq!(inbox.number("SELECT count(*) FROM import_run WHERE kind = 'contacts'"), 5);
        for watcher in watchers {
            Inbox::stop(watcher);
        }
        let told = ["watch-1", "watch-2"].map(|log| inbox.log(log).matches(": imported").count());
        assert_eq!(told.iter().sum::<usize>(), 5, "each was told by the one that took it");
    });
}

#[test]
fn a_watcher_reads_with_the_mapping_that_is_saved_at_that_moment() {
    product::run_commands(|product| {
        let inbox = Inbox::of(product);
        let watcher = inbox.watch("watch");
        let taller = contact("C1").replace("Remarque", "Taille");
        inbox.put_whole("contacts-1.csv", &taller);
        wait::until("the file is refused", || inbox.log("watch").contains("contacts-1.csv: refused"));
        let mut mapping = contacts();
        mapping["ignore"] = json!(["Remarque", "Taille"]);
        inbox.save("contacts", &mapping).said();
        fs::rename(inbox.folder.join("failed/contacts-1.csv"), inbox.folder.join("contacts-1.csv")).unwrap();
        wait::until("it is imported", || inbox.log("watch").contains("contacts-1.csv: imported"));
        assert_eq!(inbox.number(CONTACTS), 1);
        Inbox::stop(watcher);
    });
}
