//! Answers: a no at once, a yes on evidence only.

use intake::Kind;
use model::permission::{Blocks, Reason};
use store::import::Counts;

use crate::support::World;

const LATER: &str = "2026-02-01T00:00:00Z";
const LATEST: &str = "2026-03-01T00:00:00Z";
const ANSWER: &str =
    "contact,organisation,topic,channel,answer,happened_at,wording,collection_point,form_id\n";

async fn asked() -> World {
    let world = World::new().await;
    world.import(Kind::Organisations, "external_id,name\nOPERA,Opera House\nJAZZ,Jazz Club\n").await;
    let wordings = "external_id,text,channels,valid_months,language\nW-MAIL,Yes to email,email,36,en\nW-SMS,Yes to texts,sms,,en\n";
    world.import(Kind::Wordings, wordings).await;
    let points = "external_id,name,organisation,kind,policy_url,notice_version\n\
                  WEB,Sign-up,,web_form,https://www.example.org/privacy,2026-01\n\
                  BOX,Box office,OPERA,counter,https://www.example.org/privacy,2026-01\n";
    world.import(Kind::CollectionPoints, points).await;
    world
        .import(Kind::Contacts, "external_id,kind,email\nC-1,individual,one@example.org\nC-2,individual,\n")
        .await;
    world
}

fn answer(row: &str) -> String {
    format!("{ANSWER}{row}\n")
}

#[tokio::test]
async fn a_yes_is_proven_by_an_event_that_covers_the_question() {
    let world = asked().await;
    let rows = [
        // Proven: point of the institution, wording that names the channel; the day is the institution's, in Paris.
        "C-1,,,email,yes,2025-10-31T23:30:00Z,W-MAIL,WEB,F-1",
        "C-1,OPERA,,email,yes,2025-11-01T10:00:00Z,W-MAIL,BOX,F-2",
        "C-1,,jazz_letter,general,yes,2025-11-01T10:00:00Z,W-SMS,WEB,F-3",
        // Claims: no form, a wording that does not name the channel, another organisation's counter.
        "C-2,,,email,yes,2025-11-01T10:00:00Z,W-MAIL,WEB,",
        "C-2,,,email,yes,2025-11-01T10:00:00Z,W-SMS,WEB,F-4",
        "C-2,JAZZ,,email,yes,2025-11-01T10:00:00Z,W-MAIL,BOX,F-5",
        "C-2,,,email,yes,2025-11-01T10:00:00Z,W-MAIL,BOX,F-6",
        "C-2,,,sms,yes,,,,",
    ];
    let report = world.import(Kind::Authorisations, &answer(&rows.join("\n"))).await;
    assert_eq!(report.rows, Counts { new: 8, ..Counts::default() });
    assert_eq!(report.claims, 5, "who imports a list is told what it does not prove");
    assert_eq!(
        world.answers().await,
        ["C-1 */*/1 yes 2028-11-01", "C-1 */jazz_letter/0 yes", "C-1 OPERA/*/1 yes 2028-11-01"]
    );
    let log = "SELECT concat_ws(' ', proof, count(*)) FROM consent_record WHERE institution_id = $1 GROUP BY proof ORDER BY 1";
    assert_eq!(world.lines(log).await, ["0 5", "2 3"]);
    assert_eq!(
        world.value::<i64>("SELECT count(DISTINCT salt) FROM consent_record WHERE institution_id = $1").await,
        8
    );
    let pointers =
        "SELECT pointer FROM consent_record WHERE institution_id = $1 AND proof = 2 ORDER BY 1 LIMIT 1";
    assert_eq!(world.value::<String>(pointers).await, "collection point BOX form F-2");
    world.check_projections().await;
}

#[tokio::test]
async fn a_no_is_taken_at_once_and_stamped_under_the_gates() {
    let world = asked().await;
    world
        .import(Kind::Authorisations, &answer("C-1,,,general,no,not a date,,,\nC-2,OPERA,,sms,no,,,,"))
        .await;
    assert_eq!(world.heard.lock().unwrap().remarks, 1);
    assert_eq!(world.answers().await, ["C-1 */*/0 no", "C-2 OPERA/*/2 no"]);
    // A text message has no gate in this release: only the general no orders itself against claims.
    let stamps = "SELECT concat_ws(' ', c.external_id, f.channel, f.committed_at <= g.stamp, f.committed_at = r.committed_at)
                  FROM refusal f
                  JOIN contact c USING (institution_id, contact_id)
                  JOIN gate g USING (institution_id, contact_id, channel)
                  JOIN consent_record r USING (institution_id, contact_id, record_id)
                  WHERE f.institution_id = $1";
    assert_eq!(world.lines(stamps).await, ["C-1 1 t t"]);
    let blocks = world.value::<i32>(
        "SELECT g.blocks FROM gate g JOIN contact c USING (institution_id, contact_id)
         WHERE g.institution_id = $1 AND c.external_id = 'C-1'",
    );
    assert!(Blocks(blocks.await).has(Reason::GeneralRefusal));
    world.check_projections().await;
}

#[tokio::test]
async fn the_same_answer_is_recorded_once_however_often_it_comes() {
    let mut world = asked().await;
    world.chunk_rows = Some(2);
    let rows = answer("C-1,,,email,no,,,,\nC-1,,,email,no,,,,\nC-1,,,email,yes,,,,\nC-1,,,email,no,,,,");
    let first = world.import(Kind::Authorisations, &rows).await;
    assert_eq!(first.rows, Counts { new: 2, unchanged: 2, ..Counts::default() });
    let again = world.import(Kind::Authorisations, &rows).await;
    assert_eq!(again.rows, Counts { unchanged: 4, ..Counts::default() });
    assert_eq!(world.value::<i64>("SELECT count(*) FROM consent_record WHERE institution_id = $1").await, 2);
}

#[tokio::test]
async fn a_snapshot_that_repeats_a_no_reaches_as_far_as_its_day() {
    let yes = answer("C-1,,,email,yes,2026-02-15T10:00:00Z,W-MAIL,WEB,F-1");
    let no = answer("C-1,,,email,no,,,,");
    for order in [[0, 1, 2], [0, 2, 1], [1, 2, 0], [2, 1, 0]] {
        let world = asked().await;
        let files = [(crate::support::AS_OF, &no), ("2026-02-20T00:00:00Z", &yes), (LATEST, &no)];
        for at in order {
            let (as_of, file) = files[at];
            world.import_as_of(Kind::Authorisations, as_of, file).await;
        }
        assert_eq!(world.answers().await, ["C-1 */*/1 no"], "{order:?}");
        assert_eq!(
            world.value::<i64>("SELECT count(*) FROM consent_record WHERE institution_id = $1").await,
            2
        );
        world.check_projections().await;

        let later = answer("C-1,,,email,yes,2026-03-02T10:00:00Z,W-MAIL,WEB,F-2");
        world.import_as_of(Kind::Authorisations, "2026-03-03T00:00:00Z", &later).await;
        assert_eq!(world.answers().await, ["C-1 */*/1 yes 2029-03-02"], "a proven yes may follow a no");
    }
}

#[tokio::test]
async fn an_unset_ends_a_yes_and_lifts_no_refusal() {
    let world = asked().await;
    let rows = answer("C-1,,,email,yes,2025-11-01T10:00:00Z,W-MAIL,WEB,F-1\nC-2,,,email,no,,,,");
    world.import(Kind::Authorisations, &rows).await;
    assert_eq!(world.answers().await, ["C-1 */*/1 yes 2028-11-01", "C-2 */*/1 no"]);
    let report = world
        .import_as_of(Kind::Authorisations, LATER, &answer("C-1,,,email,unset,,,,\nC-2,,,email,unset,,,,"))
        .await;
    assert_eq!(report.rows.new, 2);
    assert_eq!(world.answers().await, ["C-2 */*/1 no"]);
    world.check_projections().await;
}

#[tokio::test]
async fn a_yes_waits_for_its_evidence_and_a_no_does_not() {
    let world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind\nC-1,individual\n").await;
    let yes =
        world.import(Kind::Authorisations, &answer("C-1,,,email,yes,2025-11-01T10:00:00Z,W-9,WEB,F-1")).await;
    let no =
        world.import(Kind::Authorisations, &answer("C-1,,,sms,no,2025-11-01T10:00:00Z,W-9,WEB,F-1")).await;
    assert_eq!((yes.rows.waiting, no.rows.new), (1, 1));
    assert_eq!(world.answers().await, ["C-1 */*/2 no"]);
}
