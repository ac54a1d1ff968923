//! A generated population, written the way an import would leave it: set by set, as the owner.

mod facts;
mod messages;
mod named;

use audience::testing::World;
use audience::{ContactFacts, CriterionFact, CriterionId};
use chrono::NaiveDate;
use model::ids::InstitutionId;
use model::text::normalise_text;
use model::vocabulary::Channel;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};

/// Writes the names of `world` and everything about `population`.
pub async fn store(
    connection: &mut PgConnection,
    silo: InstitutionId,
    world: &World,
    population: &[ContactFacts],
) {
    names(connection, silo, world).await;
    contacts(connection, silo, population).await;
    projections(connection, silo, population).await;
    criteria(connection, silo, population).await;
    answers(connection, silo, population).await;
    facts::store(connection, silo, population).await;
    messages::store(connection, silo, world, population).await;
    named::store(connection, silo, world, population).await;
    // Planned as in a file that has been in use for a while.
    run(connection, sqlx::query("ANALYZE")).await;
}

async fn run(connection: &mut PgConnection, statement: Query<'_, Postgres, PgArguments>) {
    statement.execute(connection).await.unwrap();
}

async fn names(connection: &mut PgConnection, silo: InstitutionId, world: &World) {
    let criteria = || world.catalogue.criteria.iter();
    for (code, definition) in criteria() {
        let statement = sqlx::query(
            "INSERT INTO criterion (institution_id, criterion_id, code, name, value_type, choices, as_of, content_hash)
             OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $3, $4, $5, '2000-01-01', 0)",
        );
        let statement = statement.bind(silo.0).bind(definition.id.0).bind(code);
        run(connection, statement.bind(definition.value_type as i16).bind(&definition.choices)).await;
    }
    let products = &world.products;
    let statement = sqlx::query(
        "INSERT INTO product (institution_id, product_id, source, external_id, organisation_id, name, valid_on, category, state, as_of, content_hash)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, source, external_id, organisation, external_id, day, category, 0, '2000-01-01', 0
         FROM unnest($2::bigint[], $3::text[], $4::text[], $5::int[], $6::date[], $7::text[]) AS t (id, source, external_id, organisation, day, category)",
    )
    .bind(silo.0)
    .bind(products.iter().map(|product| product.id.0).collect::<Vec<_>>())
    .bind(products.iter().map(|product| product.reference.source.clone()).collect::<Vec<_>>())
    .bind(products.iter().map(|product| product.reference.external_id.clone()).collect::<Vec<_>>())
    .bind(products.iter().map(|product| product.organisation.0).collect::<Vec<_>>())
    .bind(products.iter().map(|product| product.event_on).collect::<Vec<_>>())
    .bind(products.iter().map(|product| product.category).collect::<Vec<_>>());
    run(connection, statement).await;
    let statement = sqlx::query(
        "INSERT INTO organisation (institution_id, organisation_id, source, external_id, name, as_of, content_hash)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, source, code, code, '2000-01-01', 0 FROM unnest($2::int[], $3::text[], $4::text[]) AS t (id, source, code)",
    )
    .bind(silo.0)
    .bind(world.catalogue.organisations.values().map(|id| id.0).collect::<Vec<_>>())
    .bind(world.catalogue.organisations.keys().map(|named| named.source.clone()).collect::<Vec<_>>())
    .bind(world.catalogue.organisations.keys().map(|named| named.external_id.clone()).collect::<Vec<_>>());
    run(connection, statement).await;
    let topics = &world.catalogue.topics;
    let statement = sqlx::query(
        "INSERT INTO topic (institution_id, topic_id, organisation_id, code)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, organisation, code FROM unnest($2::int[], $3::int[], $4::text[]) AS t (id, organisation, code)",
    )
    .bind(silo.0)
    .bind(topics.values().map(|id| id.0).collect::<Vec<_>>())
    .bind(topics.keys().map(|(organisation, _)| organisation.0).collect::<Vec<_>>())
    .bind(topics.keys().map(|(_, code)| code.clone()).collect::<Vec<_>>());
    run(connection, statement).await;
}

async fn contacts(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let text = |pick: fn(&ContactFacts) -> Option<&String>| -> Vec<Option<String>> {
        population.iter().map(|facts| pick(facts).cloned()).collect()
    };
    let key = |pick: fn(&ContactFacts) -> Option<&String>| -> Vec<Option<String>> {
        population.iter().map(|facts| pick(facts).map(|text| normalise_text(text))).collect()
    };
    let day = |pick: fn(&ContactFacts) -> Option<NaiveDate>| population.iter().map(pick).collect::<Vec<_>>();
    let roles = |facts: &ContactFacts| facts.identity.roles.iter().map(|role| role.bit()).sum::<i32>();
    let ids: Vec<i64> = population.iter().map(|facts| facts.contact.0).collect();
    let statement = sqlx::query(
        "INSERT INTO contact
            (institution_id, contact_id, public_id, bucket, as_of, content_hash, source, external_id, kind, roles,
             first_name, first_name_key, last_name, last_name_key, birth_date, gender, language, email, email_key, mobile,
             postal_code, city, city_key, country, created_on, birthday)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, gen_random_uuid(), bucket, '2000-01-01', 0, source, external_id, kind, roles,
                first, first_key, last, last_key, birth, gender, language, email, email, mobile, postal, city, city_key, country, created,
                extract(month FROM birth) * 100 + extract(day FROM birth)
         FROM unnest($2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
                     $11::date[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[],
                     $19::text[], $20::date[], $21::smallint[])
           AS t (id, source, external_id, kind, roles, first, first_key, last, last_key, birth, gender, language, email, mobile,
                 postal, city, city_key, country, created, bucket)",
    )
    .bind(silo.0)
    .bind(&ids)
    .bind(text(|facts| Some(&facts.identity.source)))
    .bind(text(|facts| Some(&facts.identity.external_id)))
    .bind(population.iter().map(|facts| facts.identity.kind.number()).collect::<Vec<_>>())
    .bind(population.iter().map(roles).collect::<Vec<_>>())
    .bind(text(|facts| facts.identity.first_name.as_ref()))
    .bind(key(|facts| facts.identity.first_name.as_ref()))
    .bind(text(|facts| facts.identity.last_name.as_ref()))
    .bind(key(|facts| facts.identity.last_name.as_ref()))
    .bind(day(|facts| facts.identity.birth_date))
    .bind(text(|facts| facts.identity.gender.as_ref()))
    .bind(text(|facts| facts.identity.language.as_ref()))
    .bind(text(|facts| facts.identity.email.as_ref()))
    .bind(text(|facts| facts.identity.mobile.as_ref()))
    .bind(text(|facts| facts.identity.postal_code.as_ref()))
    .bind(text(|facts| facts.identity.city.as_ref()))
    .bind(key(|facts| facts.identity.city.as_ref()))
    .bind(text(|facts| facts.identity.country.as_ref()))
    .bind(day(|facts| facts.identity.created_on))
    .bind(population.iter().map(|facts| facts.bucket).collect::<Vec<_>>());
    run(connection, statement).await;
}

/// Recency, and a gate each: an audience is made of contacts that have one.
async fn projections(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let ids: Vec<i64> = population.iter().map(|facts| facts.contact.0).collect();
    // Every other contact of unknown recency has no row at all, which must mean the same.
    let known: Vec<&ContactFacts> =
        population.iter().filter(|facts| facts.recency.is_some() || facts.contact.0 % 2 == 0).collect();
    let statement = sqlx::query(
        "INSERT INTO recency (institution_id, contact_id, active_on) SELECT $1, id, day FROM unnest($2::bigint[], $3::date[]) AS t (id, day)",
    )
    .bind(silo.0)
    .bind(known.iter().map(|facts| facts.contact.0).collect::<Vec<_>>())
    .bind(known.iter().map(|facts| facts.recency).collect::<Vec<_>>());
    run(connection, statement).await;
    let statement = sqlx::query(
        "INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, stamp) SELECT $1, id, $3, 0, 0, '2000-01-01' FROM unnest($2::bigint[]) AS t (id)",
    );
    run(connection, statement.bind(silo.0).bind(&ids).bind(Channel::Email.number())).await;
}

/// One row per value, `several of` one per code.
#[derive(Default)]
struct CriterionRows {
    contacts: Vec<i64>,
    criteria: Vec<i32>,
    items: Vec<i16>,
    texts: Vec<Option<String>>,
    numbers: Vec<Option<f64>>,
    days: Vec<Option<NaiveDate>>,
}

impl CriterionRows {
    fn add(
        &mut self,
        facts: &ContactFacts,
        id: CriterionId,
        item: i16,
        value: &CriterionFact,
        code: Option<&String>,
    ) {
        self.contacts.push(facts.contact.0);
        self.criteria.push(id.0);
        self.items.push(item);
        let (mut text, mut number, mut day) = (code.map(|code| normalise_text(code)), None, None);
        match value {
            CriterionFact::Text(value) => text = Some(normalise_text(value)),
            CriterionFact::Number(value) => number = Some(*value),
            CriterionFact::Date(value) => day = Some(*value),
            CriterionFact::YesNo(value) => number = Some(f64::from(*value)),
            CriterionFact::Codes(_) => {}
        }
        self.texts.push(text);
        self.numbers.push(number);
        self.days.push(day);
    }
}

async fn criteria(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let mut rows = CriterionRows::default();
    for facts in population {
        for (id, value) in &facts.criteria {
            match value {
                CriterionFact::Codes(codes) => {
                    for (item, code) in (0..).zip(codes) {
                        rows.add(facts, *id, item, value, Some(code));
                    }
                }
                CriterionFact::Text(_)
                | CriterionFact::Number(_)
                | CriterionFact::Date(_)
                | CriterionFact::YesNo(_) => {
                    rows.add(facts, *id, 0, value, None);
                }
            }
        }
    }
    let statement = sqlx::query(
        "INSERT INTO criterion_value (institution_id, contact_id, criterion_id, item, v_text, v_num, v_date)
         SELECT $1, t.* FROM unnest($2::bigint[], $3::int[], $4::smallint[], $5::text[], $6::float8[], $7::date[]) AS t",
    )
    .bind(silo.0)
    .bind(rows.contacts)
    .bind(rows.criteria)
    .bind(rows.items)
    .bind(rows.texts)
    .bind(rows.numbers)
    .bind(rows.days);
    run(connection, statement).await;
}

async fn answers(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let rows: Vec<_> = population
        .iter()
        .flat_map(|facts| {
            facts.authorisations.iter().map(|(scope, answer)| (facts.contact.0, *scope, *answer))
        })
        .collect();
    let statement = sqlx::query(
        "INSERT INTO authorisation
            (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, expires_on, wording_id, happened_at, record_id)
         SELECT $1, contact, organisation, topic, channel, answer, 2, 0, expires, wording,
                -- In the first minute of the day, and in the last: other days in Greenwich.
                (given + CASE WHEN contact % 2 = 0 THEN time '00:00' ELSE time '23:59' END) AT TIME ZONE n.zone, gen_random_uuid()
         FROM institution n,
              unnest($2::bigint[], $3::int[], $4::int[], $5::smallint[], $6::smallint[], $7::date[], $8::date[], $9::int[])
                AS t (contact, organisation, topic, channel, answer, expires, given, wording)
         WHERE n.institution_id = $1",
    )
    .bind(silo.0)
    .bind(rows.iter().map(|(contact, _, _)| *contact).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, scope, _)| scope.organisation.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, scope, _)| scope.topic.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, scope, _)| scope.asked.number()).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, answer)| if answer.yes { 1_i16 } else { 2 }).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, answer)| answer.expires_on).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, answer)| answer.given_on).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, _, answer)| answer.wording.map(|wording| wording.0)).collect::<Vec<_>>());
    run(connection, statement).await;
}
