//! Foreign files, and the mappings that an institution has saved.

use std::sync::Arc;

use intake::{Kind, Mapping, MappingFile, SourceName};
use store::import::{ImportError, ImportJob, ImportReport, mappings};

use crate::support::{AS_OF, World};

const CRITERIA: &str = "code,name,type,choices\ngenre,Genre,several_of,opera|jazz\nvip,VIP,yes_no,\n";
const BOX_OFFICE: &str = r#"{
    "kind": "contacts",
    "source": "ticketing",
    "columns": {
        "Client": "external_id",
        "Genres": {"to": "criterion:genre", "list_separator": "/", "values": {"Opéra": "opera", "Jazz": "jazz"}},
        "Club": "criterion:vip"
    },
    "constants": {"kind": "individual"}
}"#;

fn read(text: &str) -> Mapping {
    Mapping::try_from(serde_json::from_str::<MappingFile>(text).unwrap()).unwrap()
}

async fn import(world: &World, csv: &str) -> Result<ImportReport, ImportError> {
    let mapping = Some(Arc::new(read(BOX_OFFICE)));
    world.attempt(ImportJob { mapping, ..world.job(Kind::Contacts, AS_OF) }, csv).await
}

#[tokio::test]
async fn a_foreign_file_says_what_our_own_says() {
    let world = World::new().await;
    world.import(Kind::Criteria, CRITERIA).await;
    assert_eq!(import(&world, "Client;Genres;Club\n1;Opéra/Jazz;yes\n2;;no\n").await.unwrap().rows.new, 2);
    let ours =
        "external_id,kind,criterion.genre,criterion.vip\n1,individual,opera|jazz,yes\n2,individual,,no\n";
    assert_eq!(world.import(Kind::Contacts, ours).await.rows.unchanged, 2);
}

#[tokio::test]
async fn what_only_the_database_knows_to_be_wrong_names_the_foreign_column() {
    let world = World::new().await;
    world.import(Kind::Criteria, CRITERIA).await;
    let report = import(&world, "Client;Genres;Club\n1;;perhaps\n2;;yes\n").await.unwrap();
    assert_eq!((report.rows.new, report.rows.rejected), (1, 1));
    let heard = world.heard.lock().unwrap().rejected.clone();
    assert!(
        heard[0].starts_with("row 2, Club (criterion.vip): found text of 7 characters, but"),
        "{heard:?}"
    );
    assert!(report.reasons.keys().all(|(field, _)| field == "Club (criterion.vip)"));
}

#[tokio::test]
async fn an_unknown_criterion_is_an_error_before_any_row() {
    let world = World::new().await;
    world.import(Kind::Criteria, "code,name,type,choices\ngenre,Genre,several_of,opera\n").await;
    let error = import(&world, "Client;Genres;Club\n1;;yes\n").await.unwrap_err();
    assert!(matches!(error, ImportError::Mapping(_)));
    assert_eq!(
        error.to_string(),
        "the mapping does not fit the criteria of this institution:\
         \n  columns/Club: the criterion 'vip' is not defined; import its definition first. Known: genre\
         \n  columns/Genres: the criterion 'genre' cannot be 'jazz': it is none of the criterion's choices; choose from opera"
    );
    assert_eq!(world.value::<i64>("SELECT count(*) FROM contact WHERE institution_id = $1").await, 0);
    let runs = "SELECT count(*) FROM import_run WHERE institution_id = $1 AND kind = 'contacts'";
    assert_eq!(world.value::<i64>(runs).await, 0, "nothing was begun");
}

#[tokio::test]
async fn a_mapping_is_saved_under_a_name_of_its_institution() {
    let world = World::new().await;
    let other = World::inside(world.database.clone(), "elsewhere").await;
    let name = SourceName::parse("contacts").unwrap();
    let save = |text: &'static str| {
        let (world, name) = (&world, &name);
        async move { mappings::save(&world.database.app, world.institution, name, &read(text), text).await }
    };
    assert!(matches!(save(BOX_OFFICE).await, Err(ImportError::Mapping(_))), "its criteria are not defined");
    world.import(Kind::Criteria, CRITERIA).await;
    save(BOX_OFFICE).await.unwrap();
    assert_eq!(text(&world).await.as_deref(), Some(BOX_OFFICE), "as it was written");
    let shorter = r#"{"kind": "contacts", "source": "s", "columns": {"Id": "external_id"}, "constants": {"kind": "relay"}}"#;
    save(shorter).await.unwrap();
    assert_eq!(text(&world).await.as_deref(), Some(shorter));
    assert_eq!(text(&other).await, None);

    let missing = |world: &World| {
        let (store, institution) = (world.database.app.clone(), world.institution);
        async move {
            let load = |mut tx: store::Tx| async move {
                let mapping = mappings::load(&mut tx, "orders").await?;
                tx.commit(mapping).await
            };
            store.scoped(institution, load).await.unwrap_err().to_string()
        }
    };
    assert_eq!(missing(&world).await, "mapping orders: there is none of this name. Known: contacts");
    assert_eq!(missing(&other).await, "mapping orders: there is none of this name. Known: none");
}

async fn text(world: &World) -> Option<String> {
    let text = |mut tx: store::Tx| async move {
        let text = mappings::text(&mut tx, "contacts").await?;
        tx.commit(text).await
    };
    world.database.app.scoped(world.institution, text).await.unwrap()
}
