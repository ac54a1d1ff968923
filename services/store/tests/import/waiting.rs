//! Rows wait for their parents, and for nothing else.

use intake::Kind;
use store::import::Counts;

use crate::support::World;

const ORGANISATIONS: &str = "external_id,name\nOPERA,Opera House\n";
const WORDINGS: &str = "external_id,text,channels,language\nW-1,Yes please,email,en\n";
const POINTS: &str = "external_id,name,organisation,kind,policy_url,notice_version\n\
                      WEB,Sign-up,OPERA,web_form,https://www.example.org/privacy,2026-01\n";
const CRITERIA: &str = "code,name,type,choices\ngenre,Genre,several_of,opera|jazz\n";
const CONTACTS: &str = "external_id,kind,email,criterion.genre\n\
                        C-1,individual,one@example.org,opera|jazz\nC-2,individual,,circus\n";
const PRODUCTS: &str = "external_id,organisation,name\nP-1,OPERA,Card\n";
const LINES: &str = "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,amount,opt_out_wording\n\
                     L-1,OPERA,P-1,C-1,C-1,sold,2025-11-03,20.00,W-1\n";
const ACTIVITIES: &str =
    "external_id,contact,kind,organisation,product,happened_on\nA-1,C-1,sale,OPERA,P-1,2025-12-01\n";
const BALANCES: &str = "external_id,contact,organisation,amount\nB-1,C-1,OPERA,-4.20\n";
const INDICATORS: &str = "code,name,type\nvisits,Visits,number\n";
const VALUES: &str = "contact,indicator,organisation,value\nC-1,visits,OPERA,12\n";
const ANSWERS: &str = "contact,organisation,channel,answer,happened_at,wording,collection_point,form_id\n\
                       C-1,OPERA,email,yes,2025-11-03T10:00:00Z,W-1,WEB,F-1\n";

#[tokio::test]
async fn everything_can_come_before_everything() {
    let world = World::new().await;
    let one_waits = Counts { waiting: 1, ..Counts::default() };
    for (kind, csv) in [
        (Kind::Authorisations, ANSWERS),
        (Kind::IndicatorValues, VALUES),
        (Kind::Balances, BALANCES),
        (Kind::Activities, ACTIVITIES),
        (Kind::OrderLines, LINES),
        (Kind::Products, PRODUCTS),
        (Kind::CollectionPoints, POINTS),
    ] {
        assert_eq!(world.import(kind, csv).await.rows, one_waits, "{kind}");
    }
    assert_eq!(world.import(Kind::Contacts, CONTACTS).await.rows.waiting, 2);
    assert_eq!(world.import(Kind::Wordings, WORDINGS).await.rows.new, 1);
    let indicators = world.import(Kind::Indicators, INDICATORS).await;
    assert_eq!(indicators.late[&Kind::IndicatorValues], one_waits, "then it waits for the contact");

    let organisations = world.import(Kind::Organisations, ORGANISATIONS).await;
    let one_new = Counts { new: 1, ..Counts::default() };
    assert_eq!(organisations.late[&Kind::Products], one_new);
    assert_eq!(organisations.late[&Kind::CollectionPoints], one_new);
    assert!(
        !organisations.late.contains_key(&Kind::Activities),
        "they wait for the contact, not the organisation"
    );

    let criteria = world.import(Kind::Criteria, CRITERIA).await;
    assert_eq!(criteria.late[&Kind::Contacts], Counts { new: 1, rejected: 1, ..Counts::default() });
    for kind in
        [Kind::OrderLines, Kind::Activities, Kind::Balances, Kind::IndicatorValues, Kind::Authorisations]
    {
        assert_eq!(criteria.late[&kind], one_new, "{kind}");
    }
    let heard = world.heard.lock().unwrap().late_rejected.clone();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].starts_with("contacts: row 3, criterion.genre:"), "{}", heard[0]);

    assert_eq!(world.value::<i64>("SELECT count(*) FROM waiting_row WHERE institution_id = $1").await, 0);
    assert_eq!(world.answers().await, ["C-1 OPERA/*/1 yes"]);
    assert_eq!(world.recency().await, ["C-1 2025-12-01"]);
    world.check_projections().await;
}

/// The run that brought the criterion ended after the contact that had waited for it, and before what waits for the contact.
#[tokio::test]
async fn what_an_interrupted_run_left_waiting_is_met_by_the_next_one() {
    let world = World::new().await;
    world.import(Kind::Balances, BALANCES).await;
    world.import(Kind::Contacts, CONTACTS).await;
    world.import(Kind::Organisations, ORGANISATIONS).await;
    let mut owner = world.owner().await;
    let out_of_reach = "UPDATE waiting_row SET source = 'elsewhere' WHERE kind = 'balances'";
    assert_eq!(sqlx::query(out_of_reach).execute(&mut owner).await.unwrap().rows_affected(), 1);
    assert_eq!(world.import(Kind::Criteria, CRITERIA).await.late[&Kind::Contacts].new, 1);
    let as_it_was = "UPDATE waiting_row SET source = 'ticketing' WHERE kind = 'balances'";
    assert_eq!(sqlx::query(as_it_was).execute(&mut owner).await.unwrap().rows_affected(), 1);

    let again = world.import(Kind::Criteria, CRITERIA).await;
    assert_eq!(again.late[&Kind::Balances].new, 1);
    assert_eq!(world.value::<i64>("SELECT count(*) FROM waiting_row WHERE institution_id = $1").await, 0);
}

#[tokio::test]
async fn a_refusal_applies_with_the_first_commit_of_its_contact() {
    let mut world = World::new().await;
    world.chunk_rows = Some(1);
    let late =
        world.import(Kind::Authorisations, "contact,channel,answer\nC-1,email,no\nC-2,general,no\n").await;
    assert_eq!(late.rows.waiting, 2);
    // The file breaks off behind the first contact: the sweep at the end of a run has no part in this.
    let broken = std::io::Read::chain(
        std::io::Cursor::new("external_id,kind,email\nC-1,individual,one@example.org\n"),
        Failing,
    );
    let job = world.job(Kind::Contacts, crate::support::AS_OF);
    world.attempt_from(job, Box::new(broken)).await.unwrap_err();
    assert_eq!(world.answers().await, ["C-1 */*/1 no"]);
    let blocks = world.value::<i32>("SELECT blocks FROM gate WHERE institution_id = $1").await;
    assert!(model::permission::Blocks(blocks).has(model::permission::Reason::ChannelRefusal));
    assert_eq!(
        world
            .value::<i64>(
                "SELECT count(*) FROM refusal f JOIN gate g USING (institution_id, contact_id, channel)
                            WHERE f.institution_id = $1 AND f.committed_at <= g.stamp"
            )
            .await,
        1
    );
    world.check_projections().await;
}

#[tokio::test]
async fn a_refusal_for_an_organisation_comes_with_the_organisation() {
    let world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind\nC-1,individual\n").await;
    let answers =
        "contact,organisation,topic,channel,answer\nC-1,OPERA,,email,no\nC-1,OPERA,jazz,general,no\n";
    assert_eq!(world.import(Kind::Authorisations, answers).await.rows.waiting, 2);
    let report = world.import(Kind::Organisations, ORGANISATIONS).await;
    assert_eq!(report.late[&Kind::Authorisations].new, 2);
    assert_eq!(world.answers().await, ["C-1 OPERA/*/1 no", "C-1 OPERA/jazz/0 no"]);
    world.check_projections().await;
}

#[tokio::test]
async fn the_latest_version_waits_and_an_outdated_one_does_not() {
    let world = World::new().await;
    let product = |name: &str| format!("external_id,organisation,name\nP-1,OPERA,{name}\n");
    world.import_as_of(Kind::Products, "2026-01-02T00:00:00Z", &product("second")).await;
    world.import_as_of(Kind::Products, "2026-01-01T00:00:00Z", &product("first")).await;
    world
        .import_as_of(
            Kind::Products,
            "2026-01-03T00:00:00Z",
            "external_id,organisation,name\nP-1,JAZZ,third\n",
        )
        .await;
    world.import(Kind::Organisations, "external_id,name\nJAZZ,Jazz Club\n").await;
    assert_eq!(world.lines("SELECT name FROM product WHERE institution_id = $1").await, ["third"]);

    // An older version that still has to wait is already known to be wrong.
    let outdated = world.import_as_of(Kind::Products, "2026-01-02T00:00:00Z", &product("second")).await;
    assert_eq!(outdated.rows, Counts { unchanged: 1, ..Counts::default() });
    assert_eq!(world.value::<i64>("SELECT count(*) FROM waiting_row WHERE institution_id = $1").await, 0);
}

#[tokio::test]
async fn a_parent_of_another_source_is_another_record() {
    let mut world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind\nC-1,individual\n").await;
    world.source = "shop";
    let activities = "external_id,contact,kind,happened_on\nA-1,C-1,payment,2025-12-01\n";
    assert_eq!(world.import(Kind::Activities, activities).await.rows.waiting, 1);
    let report = world.import(Kind::Contacts, "external_id,kind\nC-1,individual\n").await;
    assert_eq!(report.late[&Kind::Activities].new, 1);
    assert_eq!(world.value::<i64>("SELECT count(*) FROM contact WHERE institution_id = $1").await, 2);
}

#[tokio::test]
async fn a_criterion_frees_contacts_of_every_source() {
    let mut world = World::new().await;
    world.chunk_rows = Some(2);
    let contacts =
        "external_id,kind,criterion.vip\nC-1,individual,yes\nC-2,individual,no\nC-3,individual,yes\n";
    world.import(Kind::Contacts, contacts).await;
    world.source = "shop";
    world.import(Kind::Contacts, contacts).await;
    let report = world.import(Kind::Criteria, "code,name,type\nvip,VIP,yes_no\n").await;
    assert_eq!(report.late[&Kind::Contacts], Counts { new: 6, ..Counts::default() });
    assert_eq!(
        world
            .value::<f64>("SELECT sum(v_num) FROM criterion_value WHERE institution_id = $1")
            .await
            .to_string(),
        "4"
    );
    world.check_projections().await;
}

struct Failing;

impl std::io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk is gone"))
    }
}
