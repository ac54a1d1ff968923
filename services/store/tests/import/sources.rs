//! An id means something in its source only: two systems that use the same one speak of two records.

use audience::Query;
use intake::Kind;
use store::catalogue;

use crate::support::World;

/// The same ids from each source, and names that tell which.
fn files(source: &str) -> [(Kind, String); 6] {
    [
        (Kind::Organisations, format!("external_id,name\nHALL,Hall of {source}\n")),
        (
            Kind::Wordings,
            format!("external_id,text,channels,valid_months,language\nSALE,Told by {source}.,email,,en\n"),
        ),
        (
            Kind::CollectionPoints,
            format!(
                "external_id,name,organisation,kind,policy_url,notice_version\n\
                 DESK,Desk of {source},HALL,counter,https://{source}.example/privacy,1\n"
            ),
        ),
        (Kind::Products, format!("external_id,organisation,name\nP-1,HALL,Evening of {source}\n")),
        (Kind::Contacts, format!("external_id,kind,first_name\nC-1,individual,{source}\n")),
        (
            Kind::OrderLines,
            "external_id,organisation,product,purchaser,state,ordered_on,quantity,amount,opt_out_wording\n\
             L-1,HALL,P-1,C-1,sold,2025-12-01,1,10.00,SALE\n"
                .to_owned(),
        ),
    ]
}

async fn two_sources() -> World {
    let mut world = World::new().await;
    for source in ["shop", "ticketing"] {
        world.source = source;
        for (kind, csv) in files(source) {
            let rows = world.import(kind, &csv).await.rows;
            assert_eq!((rows.new, rows.sum()), (1, 1), "{kind} of {source}: {rows:?}");
        }
    }
    world
}

#[tokio::test]
async fn every_record_refers_to_those_of_its_own_source() {
    let world = two_sources().await;
    let known = world
        .lines(
            "SELECT concat_ws(', ', c.first_name, o.name, p.name, po.name, w.text)
             FROM order_line l
             JOIN contact c USING (institution_id, contact_id)
             JOIN organisation o ON (o.institution_id, o.organisation_id) = (l.institution_id, l.organisation_id)
             JOIN product p ON (p.institution_id, p.product_id) = (l.institution_id, l.product_id)
             JOIN organisation po ON (po.institution_id, po.organisation_id) = (p.institution_id, p.organisation_id)
             JOIN wording w ON (w.institution_id, w.wording_id) = (l.institution_id, l.opt_out_wording)
             WHERE l.institution_id = $1
             ORDER BY 1",
        )
        .await;
    let of = |source| {
        format!("{source}, Hall of {source}, Evening of {source}, Hall of {source}, Told by {source}.")
    };
    assert_eq!(known, [of("shop"), of("ticketing")]);
    let desks = world
        .lines(
            "SELECT concat_ws(', ', d.name, o.name)
             FROM collection_point d
             JOIN organisation o USING (institution_id, organisation_id)
             WHERE d.institution_id = $1
             ORDER BY 1",
        )
        .await;
    assert_eq!(desks, ["Desk of shop, Hall of shop", "Desk of ticketing, Hall of ticketing"]);
    world.check_projections().await;
}

#[tokio::test]
async fn a_correction_reaches_the_record_of_its_own_source() {
    let mut world = two_sources().await;
    world.source = "shop";
    let rows =
        world.import_as_of(Kind::Organisations, "2026-02-01T00:00:00Z", "external_id,name\nHALL,Store\n");
    assert_eq!(rows.await.rows.changed, 1);
    let names = world.lines("SELECT name FROM organisation WHERE institution_id = $1 ORDER BY 1").await;
    assert_eq!(names, ["Hall of ticketing", "Store"]);
}

#[tokio::test]
async fn a_query_cannot_mean_an_organisation_of_either_source() {
    let world = two_sources().await;
    let query =
        Query::from_json(r#"{"leaf": "activity", "kinds": ["sale"], "organisation": "HALL", "has": true}"#)
            .unwrap();
    let asked = query.clone();
    let names = world
        .database
        .app
        .scoped(world.institution, move |mut tx| async move {
            let names = catalogue::load(&mut tx, &asked).await?;
            tx.commit(names).await
        })
        .await
        .unwrap();
    let refused = audience::check(&query, &names).unwrap_err();
    let sentence = refused[0].to_string();
    assert!(
        sentence.contains(
            "several sources have an organisation `HALL`: write which one, of `shop/HALL`, `ticketing/HALL`"
        ),
        "{sentence}"
    );
    let one = |name| names.organisation(name).unwrap();
    assert_ne!(one("shop/HALL"), one("ticketing/HALL"));
}
