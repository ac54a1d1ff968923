//! Contacts with their values, addresses and gates.

use intake::Kind;
use model::address::{AddressKeys, EmailAddress};
use model::keys::{KEY_BYTES, KeyId, KeyRing, SecretKey};
use model::permission::{Blocks, Reason};
use model::vocabulary::Channel;
use store::refusal::Refusal;
use uuid::Uuid;

use crate::support::World;

const LATER: &str = "2026-02-01T00:00:00Z";

#[tokio::test]
async fn a_contact_has_the_forms_that_are_compared() {
    let world = World::new().await;
    world
        .import(
            Kind::Contacts,
            "external_id;kind;roles;first_name;last_name;birth_date;gender;email;city;postal_code;created_on\n\
             C-1;individual;customer|guide;Élodie;MÜLLER;1985-12-10;female;Elodie@Exämple.org;LYON;69001;2019-05-04\n",
        )
        .await;
    let row = world
        .lines(
            "SELECT concat_ws(' ', roles, first_name, first_name_key, last_name_key, birthday, gender, email, email_key, city_key, created_on)
             FROM contact WHERE institution_id = $1 AND bucket BETWEEN 0 AND 9999",
        )
        .await;
    assert_eq!(
        row,
        ["5 Élodie élodie müller 1210 female Elodie@Exämple.org elodie@xn--exmple-cua.org lyon 2019-05-04"]
    );
    assert_eq!(world.recency().await, ["C-1 2019-05-04"]);
    let gate = world.lines("SELECT concat_ws(' ', blocks, of_age_on, octet_length(address_hash)) FROM gate WHERE institution_id = $1").await;
    assert_eq!(gate, ["0 2000-12-10 32"]);
    world.check_projections().await;
}

#[tokio::test]
async fn a_row_is_the_whole_record() {
    let world = World::new().await;
    let criteria = "code,name,type,choices\ngenre,Genre,several_of,Théâtre|Jazz\nvisits,Visits,number,\nsince,Since,date,\nnote,Note,text,\n";
    world.import(Kind::Criteria, criteria).await;
    let header = "external_id,kind,criterion.genre,criterion.visits,criterion.since,criterion.note";
    world
        .import(Kind::Contacts, &format!("{header}\nC-1,individual,jazz|théâtre,2.5,2020-01-31,Café\n"))
        .await;
    let values = "SELECT concat_ws(' ', c.code, v.item, v.v_text, v.v_num, v.v_date)
                  FROM criterion_value v JOIN criterion c USING (institution_id, criterion_id) WHERE v.institution_id = $1 ORDER BY 1";
    assert_eq!(
        world.lines(values).await,
        ["genre 0 théâtre", "genre 1 jazz", "note 0 café", "since 0 2020-01-31", "visits 0 2.5"]
    );
    world.import_as_of(Kind::Contacts, LATER, "external_id,kind,criterion.visits\nC-1,individual,3\n").await;
    assert_eq!(world.lines(values).await, ["visits 0 3"]);
}

#[tokio::test]
async fn a_changed_address_moves_the_gate_and_leaves_the_old_address_where_it_is() {
    let world = World::new().await;
    let with = |email: &str| {
        format!("external_id,kind,email\nC-1,individual,{email}\nC-2,individual,other@example.org\n")
    };
    world.import(Kind::Contacts, &with("old@example.org")).await;
    refuse_through(&world, "C-1", "old@example.org").await;
    world.import_as_of(Kind::Contacts, LATER, &with("new@example.org")).await;
    assert_eq!(world.value::<i64>("SELECT count(*) FROM address WHERE institution_id = $1").await, 3);
    // C-1 refused as a person too, so the no follows it; whoever takes over the old address is refused by the address.
    world
        .import_as_of(
            Kind::Contacts,
            "2026-02-02T00:00:00Z",
            "external_id,kind,email\nC-3,individual,OLD@example.org\n",
        )
        .await;
    assert_eq!(refused(&world).await, ["C-1", "C-3"]);

    world
        .import_as_of(Kind::Contacts, "2026-02-03T00:00:00Z", "external_id,kind,email\nC-3,individual,\n")
        .await;
    assert_eq!(refused(&world).await, ["C-1"]);
    let without = world
        .lines(
            "SELECT c.external_id FROM gate g JOIN contact c USING (institution_id, contact_id)
                               WHERE g.institution_id = $1 AND g.address_hash IS NULL",
        )
        .await;
    assert_eq!(without, ["C-3"]);
    world.check_projections().await;
}

#[tokio::test]
async fn a_block_survives_the_rotation_of_keys() {
    let key = |id: u8| (KeyId(id), SecretKey::new([id; KEY_BYTES]));
    let world = World::new().await;
    let first = KeyRing::new(key(1), Vec::new()).unwrap();
    let second = KeyRing::new(key(2), vec![key(1)]).unwrap();
    let institution = world.institution;
    let world = world.with_keys(AddressKeys::for_institution(&first, institution));
    world.import(Kind::Contacts, "external_id,kind,email\nC-1,individual,one@example.org\n").await;
    let hash = AddressKeys::for_institution(&first, institution)
        .hash(Channel::Email, &EmailAddress::parse("one@example.org").unwrap().key());
    refuse(&world, "C-1", hash.0).await;

    let world = world.with_keys(AddressKeys::for_institution(&second, institution));
    world.import(Kind::Contacts, "external_id,kind,email\nC-2,individual,one@example.org\n").await;
    assert_eq!(refused(&world).await, ["C-1", "C-2"]);
    assert_eq!(
        world.lines("SELECT key_id::text FROM address WHERE institution_id = $1 ORDER BY 1").await,
        ["1", "2"]
    );
    world.check_projections().await;
}

#[tokio::test]
async fn a_file_does_not_bring_back_who_was_anonymised() {
    let world = World::new().await;
    world.import(Kind::Contacts, "external_id,kind,last_name\nC-1,individual,Lovelace\n").await;
    sqlx::query("UPDATE contact SET state = 3, last_name = NULL, last_name_key = NULL")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let report =
        world.import_as_of(Kind::Contacts, LATER, "external_id,kind,last_name\nC-1,individual,Byron\n").await;
    assert_eq!(report.rows.unchanged, 1);
    assert_eq!(
        world.value::<Option<String>>("SELECT last_name FROM contact WHERE institution_id = $1").await,
        None
    );
}

#[tokio::test]
async fn the_bucket_is_stable_and_spread() {
    let world = World::new().await;
    let rows: String = (0..2000).map(|n| format!("C-{n},individual\n")).collect();
    world.import(Kind::Contacts, &format!("external_id,kind\n{rows}")).await;
    let sql = "SELECT sum(bucket * (contact_id % 7))::bigint FROM contact WHERE institution_id = $1";
    let before = world.value::<i64>(sql).await;
    let rows = rows.replace(",individual", ",relay");
    world.import_as_of(Kind::Contacts, LATER, &format!("external_id,kind\n{rows}")).await;
    assert_eq!(world.value::<i64>(sql).await, before);
    let low =
        world.value::<i64>("SELECT count(*) FROM contact WHERE institution_id = $1 AND bucket < 1000").await;
    assert!((120..280).contains(&low), "{low} of 2000 in the first tenth");
}

async fn refuse_through(world: &World, contact: &str, email: &str) {
    let keys = store::testing::address_keys(world.institution);
    refuse(world, contact, keys.hash(Channel::Email, &EmailAddress::parse(email).unwrap().key()).0).await;
}

async fn refuse(world: &World, contact: &str, hash: [u8; 32]) {
    let refusal = Refusal {
        contact: world.contact(contact).await,
        organisation: model::ids::OrganisationId::WHOLE_INSTITUTION,
        topic: model::ids::TopicId::NONE,
        channel: Some(Channel::Email),
        happened_at: None,
        through: Some((Channel::Email, hash)),
        origin: "one_click".to_owned(),
        pointer: "occurrence 1".to_owned(),
        record_id: Uuid::from_u128(7),
        salt: [7; 16],
    };
    world.database.app.refuse(world.institution, refusal).await.unwrap();
}

/// Whose gate refuses email.
async fn refused(world: &World) -> Vec<String> {
    let rows: Vec<(String, i32)> = sqlx::query_as(
        "SELECT c.external_id, g.blocks FROM gate g JOIN contact c USING (institution_id, contact_id)
         WHERE g.institution_id = $1 ORDER BY 1",
    )
    .bind(world.institution.0)
    .fetch_all(&mut world.owner().await)
    .await
    .unwrap();
    let refuses = |blocks: i32| Blocks(blocks).has(Reason::ChannelRefusal);
    rows.into_iter().filter(|(_, blocks)| refuses(*blocks)).map(|(contact, _)| contact).collect()
}
