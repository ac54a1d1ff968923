//! Order lines, products and activities, and the recency that follows from them.

use intake::Kind;
use store::import::Counts;

use crate::support::World;

const LATER: &str = "2026-02-01T00:00:00Z";
const LATEST: &str = "2026-03-01T00:00:00Z";
const LINE: &str =
    "external_id,organisation,product,purchaser,cultural_contact,state,ordered_on,amount,opt_out_wording\n";

async fn opera() -> World {
    let world = World::new().await;
    world.import(Kind::Organisations, "external_id,name\nOPERA,Opera House\n").await;
    world.import(Kind::Products, &tosca("2026-06-01", "scheduled")).await;
    world.import(Kind::Wordings, "external_id,text,channels,language\nOUT,You may refuse,email,en\n").await;
    let contacts = "external_id,kind,created_on\nC-1,individual,2020-01-01\nC-2,individual,\nC-3,individual,2021-01-01\n";
    world.import(Kind::Contacts, contacts).await;
    world
}

fn tosca(day: &str, state: &str) -> String {
    format!("external_id,organisation,name,valid_on,state\nP-1,OPERA,Tosca,{day},{state}\nP-2,OPERA,Card,,\n")
}

fn line(fields: &str) -> String {
    format!("{LINE}{fields}\n")
}

#[tokio::test]
async fn a_line_is_a_fact_about_each_of_its_contacts() {
    let world = opera().await;
    world.import(Kind::OrderLines, &line("L-1,OPERA,P-1,C-1,C-2,sold,2025-11-03,42.00,")).await;
    let lines = world
        .lines(
            "SELECT concat_ws(' ', c.external_id, l.role, l.state, l.amount, a.kind, a.amount, a.counts_on)
             FROM order_line l
             JOIN contact c USING (institution_id, contact_id)
             JOIN activity a USING (institution_id, contact_id, role)
             WHERE l.institution_id = $1 ORDER BY 1",
        )
        .await;
    assert_eq!(lines, ["C-1 0 3 4200 3 4200 2026-06-01", "C-2 1 3 4200 3 2026-06-01"]);
    assert_eq!(world.recency().await, ["C-1 2026-06-01", "C-2 2026-06-01", "C-3 2021-01-01"]);
    world.check_projections().await;
}

#[tokio::test]
async fn a_purchaser_who_attends_stands_twice() {
    let world = opera().await;
    world.import(Kind::OrderLines, &line("L-1,OPERA,P-2,C-1,C-1,sold,2025-11-03,0,")).await;
    assert_eq!(world.value::<i64>("SELECT count(*) FROM order_line WHERE institution_id = $1").await, 2);
    assert_eq!(world.value::<i64>("SELECT count(*) FROM activity WHERE institution_id = $1").await, 2);
    assert_eq!(world.recency().await[0], "C-1 2025-11-03");
    world.check_projections().await;
}

#[tokio::test]
async fn a_returned_or_cancelled_line_counts_at_its_order_date() {
    let world = opera().await;
    world.import(Kind::OrderLines, &line("L-1,OPERA,P-1,C-1,C-2,option,2025-11-03,42.00,")).await;
    for (as_of, state) in [(LATER, "returned"), (LATEST, "cancelled")] {
        let changed = line(&format!("L-1,OPERA,P-1,C-1,C-2,{state},2025-11-03,42.00,"));
        assert_eq!(world.import_as_of(Kind::OrderLines, as_of, &changed).await.rows.changed, 1);
        assert_eq!(world.recency().await, ["C-1 2025-11-03", "C-2 2025-11-03", "C-3 2021-01-01"], "{state}");
        world.check_projections().await;
    }
}

#[tokio::test]
async fn a_corrected_line_leaves_the_wrong_contact() {
    let world = opera().await;
    world.import(Kind::OrderLines, &line("L-1,OPERA,P-2,C-1,,sold,2025-11-03,42.00,OUT")).await;
    let soft = "SELECT c.external_id FROM gate_scope s JOIN contact c USING (institution_id, contact_id)
                WHERE s.institution_id = $1 AND s.soft_opt_in";
    assert_eq!(world.lines(soft).await, ["C-1"]);
    world
        .import_as_of(Kind::OrderLines, LATER, &line("L-1,OPERA,P-2,C-3,C-2,sold,2025-11-04,42.00,OUT"))
        .await;
    assert_eq!(world.lines(soft).await, ["C-3"]);
    assert_eq!(world.recency().await, ["C-1 2020-01-01", "C-2 2025-11-04", "C-3 2025-11-04"]);
    world
        .import_as_of(Kind::OrderLines, LATEST, &line("L-1,OPERA,P-2,C-3,C-2,returned,2025-11-04,42.00,OUT"))
        .await;
    assert!(world.lines(soft).await.is_empty(), "a returned line is no purchase evidence");
    world.check_projections().await;
}

#[tokio::test]
async fn a_postponement_moves_recency_and_a_cancellation_takes_it_back() {
    let world = opera().await;
    world.import(Kind::OrderLines, &line("L-1,OPERA,P-1,C-1,,sold,2025-11-03,42.00,")).await;
    world.import(Kind::OrderLines, &line("L-2,OPERA,P-1,C-2,,returned,2025-11-04,42.00,")).await;
    world.import(Kind::Activities, "external_id,contact,kind,product,happened_on\nA-1,C-3,reservation,P-1,2025-12-01\nA-2,C-3,payment,P-1,2025-12-05\n").await;
    assert_eq!(world.recency().await, ["C-1 2026-06-01", "C-2 2025-11-04", "C-3 2026-06-01"]);

    world.import_as_of(Kind::Products, LATER, &tosca("2026-09-15", "postponed")).await;
    assert_eq!(world.recency().await, ["C-1 2026-09-15", "C-2 2025-11-04", "C-3 2026-09-15"]);
    world.check_projections().await;

    world.import_as_of(Kind::Products, LATEST, &tosca("2026-09-15", "cancelled")).await;
    assert_eq!(world.recency().await, ["C-1 2025-11-03", "C-2 2025-11-04", "C-3 2025-12-01"]);
    world.check_projections().await;
}

#[tokio::test]
async fn an_activity_is_found_again_under_another_contact() {
    let mut world = opera().await;
    world.chunk_rows = Some(2);
    let activities = "external_id,contact,kind,happened_on\nA-1,C-1,sale,2025-12-01\nA-2,C-1,sale,2025-10-01\nA-3,C-2,other,2025-12-01\n";
    assert_eq!(world.import(Kind::Activities, activities).await.rows.new, 3);
    assert_eq!(world.recency().await, ["C-1 2025-12-01", "C-2 unknown", "C-3 2021-01-01"]);
    let corrected = "external_id,contact,kind,happened_on\nA-1,C-2,sale,2025-12-01\nA-2,C-1,sale,2025-10-01\nA-3,C-2,other,2025-12-01\n";
    let report = world.import_as_of(Kind::Activities, LATER, corrected).await;
    assert_eq!(report.rows, Counts { changed: 1, unchanged: 2, ..Counts::default() });
    assert_eq!(world.recency().await, ["C-1 2025-10-01", "C-2 2025-12-01", "C-3 2021-01-01"]);
    assert_eq!(world.value::<i64>("SELECT count(*) FROM activity WHERE institution_id = $1").await, 3);
    world.check_projections().await;
}

#[tokio::test]
async fn a_legacy_recency_is_evidence_until_the_source_takes_it_back() {
    let world = World::new().await;
    let contact = |legacy: &str| {
        format!("external_id,kind,created_on,legacy_recency\nC-1,individual,2019-05-04,{legacy}\n")
    };
    world.import(Kind::Contacts, &contact("20250131")).await;
    assert_eq!(world.recency().await, ["C-1 2025-01-31"]);
    world.import_as_of(Kind::Contacts, LATER, &contact("20240630")).await;
    assert_eq!(world.recency().await, ["C-1 2024-06-30"]);
    world.import_as_of(Kind::Contacts, LATEST, &contact("")).await;
    assert_eq!(world.recency().await, ["C-1 2019-05-04"]);
    world.check_projections().await;
}

#[tokio::test]
async fn a_balance_follows_its_correction() {
    let world = opera().await;
    let balance = |contact: &str, amount: &str| {
        format!("external_id,contact,organisation,amount\nB-1,{contact},OPERA,{amount}\n")
    };
    world.import(Kind::Balances, &balance("C-1", "-4.20")).await;
    world.import_as_of(Kind::Balances, LATER, &balance("C-1", "-4.20")).await;
    world.import_as_of(Kind::Balances, LATEST, &balance("C-2", "0")).await;
    let balances = "SELECT concat_ws(' ', c.external_id, b.amount) FROM balance b JOIN contact c USING (institution_id, contact_id) WHERE b.institution_id = $1";
    assert_eq!(world.lines(balances).await, ["C-2 0"]);
}
