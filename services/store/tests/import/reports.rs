//! Reports add up, dry runs tell the truth, bad files are refused whole.

use intake::Kind;
use store::import::{Counts, ImportError, ImportJob};

use crate::support::{AS_OF, World};

const ORGANISATIONS: &str = "external_id,name\nOPERA,Opera House\nJAZZ,Jazz Club\n";

#[tokio::test]
async fn every_row_is_new_then_unchanged_then_changed() {
    let world = World::new().await;
    let first = world.import(Kind::Organisations, ORGANISATIONS).await;
    assert_eq!((first.read, first.rows), (2, Counts { new: 2, ..Counts::default() }));

    let again = world.import(Kind::Organisations, ORGANISATIONS).await;
    assert_eq!(again.rows, Counts { unchanged: 2, ..Counts::default() });

    let renamed = "external_id,name\nOPERA,Grand Opera\nJAZZ,Jazz Club\nJAZZ,Jazz Club\nX,\n";
    let later = world.import_as_of(Kind::Organisations, "2026-02-01T00:00:00Z", renamed).await;
    assert_eq!(later.rows, Counts { changed: 1, unchanged: 2, rejected: 1, ..Counts::default() });
    assert_eq!(later.reasons[&("name".to_owned(), "the column cannot be empty".to_owned())], 1);
    assert_eq!(world.heard.lock().unwrap().rejected.len(), 1);

    let older = world.import(Kind::Organisations, "external_id,name\nOPERA,Old name\n").await;
    assert_eq!(older.rows, Counts { unchanged: 1, ..Counts::default() });
    let names = world.lines("SELECT name FROM organisation WHERE institution_id = $1 ORDER BY 1").await;
    assert_eq!(names, ["Grand Opera", "Jazz Club"]);
}

#[tokio::test]
async fn a_confirmed_row_keeps_later_knowledge_from_being_overtaken() {
    let world = World::new().await;
    let name = |name: &str| format!("external_id,name\nOPERA,{name}\n");
    world.import_as_of(Kind::Organisations, "2026-01-01T00:00:00Z", &name("A")).await;
    world.import_as_of(Kind::Organisations, "2026-03-01T00:00:00Z", &name("A")).await;
    let between = world.import_as_of(Kind::Organisations, "2026-02-01T00:00:00Z", &name("B")).await;
    assert_eq!(between.rows.unchanged, 1);
    assert_eq!(world.lines("SELECT name FROM organisation WHERE institution_id = $1").await, ["A"]);
}

#[tokio::test]
async fn the_register_of_runs_holds_the_report() {
    let mut world = World::new().await;
    world.chunk_rows = Some(1);
    let report = world.import(Kind::Organisations, "external_id,name\nA,A\nB,\nC,C\n").await;
    assert_eq!(world.heard.lock().unwrap().progress, [1, 2, 3]);
    let row: Vec<String> = world
        .lines(
            "SELECT concat_ws(' ', rows_read, rows_new, rows_rejected, ended_at IS NOT NULL, file_name)
             FROM import_run WHERE institution_id = $1",
        )
        .await;
    assert_eq!(row, ["3 2 1 t organisations.csv"]);
    assert_eq!((report.read, report.rows.new, report.rows.rejected), (3, 2, 1));
}

#[tokio::test]
async fn a_dry_run_reports_the_same_and_keeps_nothing() {
    let mut world = World::new().await;
    world.chunk_rows = Some(2);
    let files = [
        (Kind::OrderLines, LINES),
        (Kind::Authorisations, ANSWERS),
        (Kind::Organisations, ORGANISATIONS),
        (Kind::Products, PRODUCTS),
        (Kind::Criteria, CRITERIA),
        (Kind::Contacts, CONTACTS),
        (Kind::Activities, ACTIVITIES),
    ];
    for (kind, csv) in files {
        let before = everything(&world).await;
        let rehearsed = world.dry_run(kind, csv).await;
        assert_eq!(everything(&world).await, before, "{kind}: a dry run left something behind");
        let real = world.import(kind, csv).await;
        assert_eq!(
            (rehearsed.read, rehearsed.rows, &rehearsed.late),
            (real.read, real.rows, &real.late),
            "{kind}"
        );
        assert_eq!(rehearsed.reasons, real.reasons, "{kind}");
    }
    // Lines waited for organisations, then products, then contacts: the dry run saw each chain to its end.
    assert_eq!(world.value::<i64>("SELECT count(*) FROM order_line WHERE institution_id = $1").await, 2);
    assert_eq!(world.answers().await, ["C-1 */*/1 no"]);
    world.check_projections().await;
}

const LINES: &str = "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,amount\n\
                     L-1,OPERA,P-1,C-1,C-3,sold,2025-11-03,20.00\n\
                     L-2,OPERA,P-1,C-2,,sold,2025-11-04,10.00\n";
const ANSWERS: &str = "contact,channel,answer\nC-1,email,no\nC-9,email,no\n";
const PRODUCTS: &str = "external_id,organisation,name,valid_on\nP-1,OPERA,Tosca,2026-06-01\n";
const CRITERIA: &str = "code,name,type,choices\ngenre,Genre,one_of,opera|jazz\n";
const CONTACTS: &str = "external_id,kind,email,criterion.genre\n\
                        C-1,individual,one@example.org,opera\n\
                        C-2,individual,two@example.org,circus\n\
                        C-2b,individual,two@example.org,\n\
                        C-3,individual,,jazz\n";
const ACTIVITIES: &str = "external_id,contact,kind,happened_on\n\
                          A-1,C-1,waiting_list,2026-01-01\nA-2,C-1,payment,2026-01-02\nA-3,C-7,sale,2026-01-03\n";

async fn everything(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT count(*) FROM organisation WHERE institution_id = $1",
        "SELECT count(*) FROM contact WHERE institution_id = $1",
        "SELECT count(*) FROM gate WHERE institution_id = $1",
        "SELECT count(*) FROM address WHERE institution_id = $1",
        "SELECT count(*) FROM recency WHERE institution_id = $1",
        "SELECT count(*) FROM order_line WHERE institution_id = $1",
        "SELECT count(*) FROM activity WHERE institution_id = $1",
        "SELECT count(*) FROM consent_record WHERE institution_id = $1",
        "SELECT count(*) FROM waiting_row WHERE institution_id = $1",
        "SELECT count(*) FROM import_run WHERE institution_id = $1",
    ] {
        counts.push(world.value::<i64>(sql).await);
    }
    counts
}

#[tokio::test]
async fn a_file_that_cannot_be_trusted_leaves_nothing() {
    let world = World::new().await;
    for csv in ["", "name\nOpera\n", "external_id,nmae\nA,B\n", "{\"external_id\":1}\n"] {
        let refused = world.attempt(world.job(Kind::Organisations, AS_OF), csv).await.unwrap_err();
        assert!(matches!(refused, ImportError::Refused(_)), "{refused}");
    }
    assert!(everything(&world).await.iter().all(|count| *count == 0));
}

#[tokio::test]
async fn an_interrupted_run_is_completed_by_running_it_again() {
    let mut world = World::new().await;
    world.chunk_rows = Some(2);
    let whole: String = std::iter::once("external_id,kind\n".to_owned())
        .chain((0..7).map(|n| format!("C-{n},individual\n")))
        .collect();
    // The reader fails within the third chunk: two rows of each chunk before it are there.
    let broken = Broken { text: whole.clone().into_bytes(), at: 0, fails_at: 17 + 16 * 2 + 4 };
    let job = world.job(Kind::Contacts, AS_OF);
    let error = world.attempt_from(job, Box::new(broken)).await.unwrap_err();
    assert!(matches!(error, ImportError::Unreadable { read: 2, .. }), "{error}");
    assert_eq!(world.value::<i64>("SELECT count(*) FROM contact WHERE institution_id = $1").await, 2);
    assert_eq!(
        world
            .value::<i64>("SELECT count(*) FROM import_run WHERE institution_id = $1 AND ended_at IS NULL")
            .await,
        1
    );

    let again = world.import(Kind::Contacts, &whole).await;
    assert_eq!(again.rows, Counts { new: 5, unchanged: 2, ..Counts::default() });
    world.check_projections().await;
}

#[tokio::test]
async fn a_definition_that_people_already_answered_is_not_rewritten() {
    let world = World::new().await;
    let wording = |text: &str| format!("external_id,text,channels,language\nW-1,{text},email,en\n");
    world.import(Kind::Wordings, &wording("Yes please")).await;
    let changed =
        world.import_as_of(Kind::Wordings, "2026-02-01T00:00:00Z", &wording("Yes to everything")).await;
    assert_eq!(changed.rows, Counts { rejected: 1, ..Counts::default() });
    world.import(Kind::Criteria, "code,name,type\nage_group,Age,text\n").await;
    let retyped = ImportJob { ..world.job(Kind::Criteria, "2026-02-01T00:00:00Z") };
    let retyped = world.attempt(retyped, "code,name,type\nage_group,Age,number\n").await.unwrap();
    assert_eq!(retyped.rows, Counts { rejected: 1, ..Counts::default() });
    let heard = world.heard.lock().unwrap();
    assert!(
        heard.rejected[0].contains("register the new wording under an id of its own"),
        "{}",
        heard.rejected[0]
    );
    assert!(heard.rejected[1].contains("give the new criterion a code of its own"), "{}", heard.rejected[1]);
}

/// A reader that breaks off.
struct Broken {
    text: Vec<u8>,
    at: usize,
    fails_at: usize,
}

impl std::io::Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.fails_at {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let length = buffer.len().min(self.fails_at - self.at);
        buffer[..length].copy_from_slice(&self.text[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
