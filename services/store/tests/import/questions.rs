//! Answers about data come in with the others, each under a wording that names it; they stop no message and no other answer speaks
//! for them.

use intake::Kind;

use crate::support::World;

const COLUMNS: &str = "contact,channel,answer,happened_at,wording,collection_point,form_id\n";

#[tokio::test(flavor = "multi_thread")]
async fn uses_of_data_are_answered_apart() {
    let world = World::new().await;
    let wordings = "external_id,text,channels,valid_months,language\n\
                    NEWS,Yes to news,email,,en\n\
                    DATA,Yes to tracking and profiling,click_tracking|profiling,12,en\n";
    world.import(Kind::Wordings, wordings).await;
    let points = "external_id,name,organisation,kind,policy_url,notice_version\n\
                  WEB,Sign-up,,web_form,https://www.example.org/privacy,2026-01\n";
    world.import(Kind::CollectionPoints, points).await;
    let contacts = "external_id,kind,email\nC-1,individual,one@example.org\nC-2,individual,two@example.org\n";
    world.import(Kind::Contacts, contacts).await;
    let at = "2026-01-10T10:00:00Z";
    let report = world
        .import(
            Kind::Authorisations,
            &format!(
                "{COLUMNS}C-1,general,yes,{at},NEWS,WEB,F1\nC-1,profiling,yes,{at},DATA,WEB,F2\nC-1,click_tracking,no,,,,\n\
                 C-2,transmission,yes,{at},DATA,WEB,F3\nC-2,open_tracking,yes,,,,\nC-2,smell_tracking,no,,,,\n"
            ),
        )
        .await;
    assert_eq!(report.rows.rejected, 1, "an unknown question: {:?}", world.heard.lock().unwrap().rejected);
    // A yes to what its wording does not name is a claim, as is one without an event: neither is in force.
    assert_eq!(
        world.answers().await,
        ["C-1 */*/0 yes", "C-1 */*/6 no", "C-1 */*/7 yes 2027-01-10"],
        "general, click tracking, profiling"
    );
    let kept: i64 = world
        .value("SELECT count(*) FROM consent_record WHERE institution_id = $1 AND proof = 0 AND answer = 1")
        .await;
    assert_eq!(kept, 2, "claims are kept and grant nothing");
    let refusing: i64 =
        world.value("SELECT count(*) FROM gate WHERE institution_id = $1 AND blocks & (8 | 16) <> 0").await;
    assert_eq!(refusing, 0, "no gate minds a use of data");
    let worded: Vec<String> = world
        .lines(
            "SELECT concat_ws(' ', a.channel, w.external_id) FROM authorisation a
             LEFT JOIN wording w USING (institution_id, wording_id) WHERE a.institution_id = $1 ORDER BY 1",
        )
        .await;
    assert_eq!(worded, ["0 NEWS", "6", "7 DATA"], "the wording of each answer in force");
    world.check_projections().await;
}
