//! Indicators, their values, and places.

use intake::Kind;
use store::import::Counts;

use crate::support::World;

const EARLY: &str = "2026-01-01T00:00:00Z";
const LATER: &str = "2026-02-01T00:00:00Z";
const LATEST: &str = "2026-03-01T00:00:00Z";
const INDICATORS: &str =
    "code,name,type\nvisits,Visits,number\nlast_seen,Last visit,date\nprofile,Profile,text\n";

async fn opera() -> World {
    let world = World::new().await;
    world.import_as_of(Kind::Organisations, EARLY, "external_id,name\nOPERA,Opera House\n").await;
    world.import_as_of(Kind::Contacts, EARLY, "external_id,kind\nC-1,individual\nC-2,individual\n").await;
    world.import_as_of(Kind::Indicators, EARLY, INDICATORS).await;
    world
}

async fn values(world: &World) -> Vec<String> {
    world
        .lines(
            "SELECT concat_ws(' ', c.external_id, d.code, coalesce(o.external_id, '*'), v.v_text, v.v_num, v.v_date)
             FROM indicator_value v
             JOIN contact c USING (institution_id, contact_id)
             JOIN indicator d USING (institution_id, indicator_id)
             LEFT JOIN organisation o ON o.institution_id = v.institution_id AND o.organisation_id = v.organisation_id
             WHERE v.institution_id = $1 ORDER BY 1",
        )
        .await
}

#[tokio::test]
async fn a_value_has_the_type_of_its_indicator_and_the_scope_of_its_organisation() {
    let world = opera().await;
    let csv = "contact,indicator,organisation,value\n\
               C-1,visits,,12\nC-1,visits,OPERA,20250131\nC-1,last_seen,,20250131\nC-2,PROFILE,, FIDE\u{300}LE \n";
    assert_eq!(world.import(Kind::IndicatorValues, csv).await.rows.new, 4);
    assert_eq!(
        values(&world).await,
        [
            "C-1 last_seen * 2025-01-31",
            "C-1 visits * 12",
            "C-1 visits OPERA 20250131",
            "C-2 profile * fidèle"
        ]
    );
}

#[tokio::test]
async fn a_value_that_its_type_cannot_read_is_rejected_by_field() {
    let world = opera().await;
    let csv =
        "contact,indicator,value\nC-1,visits,many\nC-1,last_seen,31/01/2025\nC-2,visits,7\nC-2,last_seen,\n";
    let report = world.import(Kind::IndicatorValues, csv).await;
    assert_eq!(report.rows, Counts { new: 2, rejected: 2, ..Counts::default() });
    assert_eq!(
        world.heard.lock().unwrap().rejected,
        [
            "row 2, value: found text of 4 characters, but a number is digits with at most one decimal point; write it as 12 or 12.5, \
             with a minus sign if negative",
            "row 3, value: found 10 digits and marks, but a date is year, month and day; write it as 2026-01-31 or 20260131",
        ]
    );
    assert_eq!(values(&world).await, ["C-2 visits * 7"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_known_once_the_definition_comes() {
    let world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind\nC-1,individual\nC-2,individual\n").await;
    let csv = "contact,indicator,value\nC-1,visits,many\nC-2,visits,7\n";
    assert_eq!(world.import(Kind::IndicatorValues, csv).await.rows.waiting, 2);
    let report = world.import(Kind::Indicators, INDICATORS).await;
    assert_eq!(report.late[&Kind::IndicatorValues], Counts { new: 1, rejected: 1, ..Counts::default() });
    let heard = world.heard.lock().unwrap().late_rejected.clone();
    assert!(heard[0].starts_with("indicator_values: row 2, value:"), "{heard:?}");
    assert_eq!(values(&world).await, ["C-2 visits * 7"]);
}

/// A definition is of no source: rows of every source wait for it.
#[tokio::test]
async fn an_indicator_frees_values_of_every_source() {
    let mut world = World::new().await;
    for source in ["ticketing", "shop"] {
        world.source = source;
        world.import(Kind::Contacts, "external_id,kind\nC-1,individual\n").await;
        let csv = "contact,indicator,value\nC-1,visits,7\n";
        assert_eq!(world.import(Kind::IndicatorValues, csv).await.rows.waiting, 1);
    }
    let report = world.import(Kind::Indicators, INDICATORS).await;
    assert_eq!(report.late[&Kind::IndicatorValues].new, 2);
}

#[tokio::test]
async fn an_empty_value_removes_and_an_earlier_file_does_not_bring_it_back() {
    let world = opera().await;
    let file = |value: &str| format!("contact,indicator,value\nC-1,visits,{value}\n");
    world.import_as_of(Kind::IndicatorValues, LATER, &file("")).await;
    let late = world.import_as_of(Kind::IndicatorValues, EARLY, &file("3")).await;
    assert_eq!(late.rows, Counts { unchanged: 1, ..Counts::default() });
    assert!(values(&world).await.is_empty());

    assert_eq!(world.import_as_of(Kind::IndicatorValues, LATEST, &file("4")).await.rows.changed, 1);
    assert_eq!(world.import_as_of(Kind::IndicatorValues, LATER, &file("")).await.rows.unchanged, 1);
    assert_eq!(values(&world).await, ["C-1 visits * 4"]);
    let removals = "SELECT count(*) FROM indicator_removal WHERE institution_id = $1";
    assert_eq!(world.value::<i64>(removals).await, 0);
}

#[tokio::test]
async fn the_type_of_an_indicator_is_settled() {
    let world = opera().await;
    let report = world.import_as_of(Kind::Indicators, LATEST, "code,name,type\nvisits,Visits,text\n").await;
    assert_eq!(report.rows.rejected, 1);
    let heard = world.heard.lock().unwrap().rejected.clone();
    assert!(
        heard[0].starts_with("row 2, type: found a readable value, but the indicator is defined"),
        "{heard:?}"
    );
    let renamed = world.import_as_of(Kind::Indicators, LATEST, "code,name,type\nvisits,Seen,number\n").await;
    assert_eq!(renamed.rows.changed, 1);
}

#[tokio::test]
async fn a_place_is_one_point_whatever_source_says_so() {
    let mut world = World::new().await;
    let file = |latitude: &str| {
        format!("country,postal_code,latitude,longitude\nfr,75002,{latitude},2.3412\nBE,1000,50.85,4.35\n")
    };
    assert_eq!(world.import_as_of(Kind::Places, EARLY, &file("48.8")).await.rows.new, 2);
    world.source = "geography";
    let later = world.import_as_of(Kind::Places, LATER, &file("48.8686")).await;
    assert_eq!(later.rows, Counts { changed: 1, unchanged: 1, ..Counts::default() });
    world.source = "ticketing";
    assert_eq!(world.import_as_of(Kind::Places, EARLY, &file("48.8")).await.rows.unchanged, 2);
    let places = "SELECT concat_ws(' ', country, postal_code, latitude, longitude) FROM place WHERE institution_id = $1 ORDER BY 1";
    assert_eq!(world.lines(places).await, ["BE 1000 50.85 4.35", "FR 75002 48.8686 2.3412"]);
}
