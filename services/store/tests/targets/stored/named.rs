//! Indicators, places and saved targets, and what contacts have of them.

use audience::testing::World;
use audience::{ContactFacts, IndicatorFact, IndicatorId, SavedTarget};
use chrono::NaiveDate;
use model::ids::{InstitutionId, OrganisationId};
use model::score::Scores;
use model::text::normalise_text;
use model::vocabulary::TargetKind;
use sqlx::PgConnection;

use super::run;

pub async fn store(
    connection: &mut PgConnection,
    silo: InstitutionId,
    world: &World,
    population: &[ContactFacts],
) {
    for (code, definition) in &world.catalogue.indicators {
        let statement = sqlx::query(
            "INSERT INTO indicator (institution_id, indicator_id, code, name, value_type, as_of, content_hash)
             OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $3, $4, '2000-01-01', 0)",
        );
        let statement = statement.bind(silo.0).bind(definition.id.0).bind(code);
        run(connection, statement.bind(definition.value_type.number())).await;
    }
    places(connection, silo, world).await;
    targets(connection, silo, world).await;
    indicators(connection, silo, population).await;
    members(connection, silo, population).await;
    scores(connection, silo, population).await;
}

async fn places(connection: &mut PgConnection, silo: InstitutionId, world: &World) {
    let places = &world.catalogue.places;
    let statement = sqlx::query(
        "INSERT INTO place (institution_id, country, postal_code, latitude, longitude, as_of, content_hash)
         SELECT $1, country, code, north, east, '2000-01-01', 0
         FROM unnest($2::text[], $3::text[], $4::float8[], $5::float8[]) AS t (country, code, north, east)",
    )
    .bind(silo.0)
    .bind(places.keys().map(|place| place.country.clone()).collect::<Vec<_>>())
    .bind(places.keys().map(|place| place.postal_code.clone()).collect::<Vec<_>>())
    .bind(places.values().map(|point| point.latitude).collect::<Vec<_>>())
    .bind(places.values().map(|point| point.longitude).collect::<Vec<_>>());
    run(connection, statement).await;
}

async fn targets(connection: &mut PgConnection, silo: InstitutionId, world: &World) {
    for (number, (code, target)) in (100..).zip(&world.catalogue.targets) {
        let (id, kind, query) = match target {
            SavedTarget::Static(list) => (list.0, TargetKind::Static, None),
            SavedTarget::Dynamic(query) => {
                (number, TargetKind::Dynamic, Some(serde_json::to_value(query).unwrap()))
            }
        };
        let statement = sqlx::query(
            "INSERT INTO target (institution_id, target_id, code, name, kind, version)
             OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $3, $4, 2)",
        );
        run(connection, statement.bind(silo.0).bind(id).bind(code).bind(kind.number())).await;
        let statement = sqlx::query(
            "INSERT INTO target_version (institution_id, target_id, version, query, origin, made_at, made_by)
             VALUES ($1, $2, 2, $3, 'test', '2000-01-01', 'test')",
        );
        run(connection, statement.bind(silo.0).bind(id).bind(query)).await;
    }
}

async fn indicators(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let rows: Vec<(i64, IndicatorId, OrganisationId, &IndicatorFact)> = population
        .iter()
        .flat_map(|facts| facts.indicators.iter().map(|((id, of), value)| (facts.contact.0, *id, *of, value)))
        .collect();
    let text = |value: &IndicatorFact| match value {
        IndicatorFact::Text(text) => Some(normalise_text(text)),
        IndicatorFact::Number(_) | IndicatorFact::Date(_) => None,
    };
    let number = |value: &IndicatorFact| match value {
        IndicatorFact::Number(number) => Some(*number),
        IndicatorFact::Text(_) | IndicatorFact::Date(_) => None,
    };
    let day = |value: &IndicatorFact| match value {
        IndicatorFact::Date(day) => Some(*day),
        IndicatorFact::Text(_) | IndicatorFact::Number(_) => None,
    };
    let statement = sqlx::query(
        "INSERT INTO indicator_value
            (institution_id, contact_id, indicator_id, organisation_id, v_text, v_num, v_date, as_of, content_hash)
         SELECT $1, contact, indicator, organisation, text, number, day, '2000-01-01', 0
         FROM unnest($2::bigint[], $3::int[], $4::int[], $5::text[], $6::float8[], $7::date[])
           AS t (contact, indicator, organisation, text, number, day)",
    )
    .bind(silo.0)
    .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.2.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| text(row.3)).collect::<Vec<Option<String>>>())
    .bind(rows.iter().map(|row| number(row.3)).collect::<Vec<Option<f64>>>())
    .bind(rows.iter().map(|row| day(row.3)).collect::<Vec<Option<NaiveDate>>>());
    run(connection, statement).await;
}

/// Beside those who are in a list, everybody was once and is no longer.
async fn members(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let rows: Vec<(i64, i32)> = population
        .iter()
        .flat_map(|facts| facts.lists.iter().map(|list| (facts.contact.0, list.0)))
        .collect();
    let statement = sqlx::query(
        "INSERT INTO target_member (institution_id, contact_id, target_id, from_version)
         SELECT $1, contact, target, 2 FROM unnest($2::bigint[], $3::int[]) AS t (contact, target)",
    )
    .bind(silo.0)
    .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1).collect::<Vec<_>>());
    run(connection, statement).await;
    let statement = sqlx::query(
        "INSERT INTO target_member (institution_id, contact_id, target_id, from_version, until_version)
         SELECT c.institution_id, c.contact_id, t.target_id, 1, 2
         FROM contact c JOIN target t USING (institution_id) WHERE institution_id = $1",
    );
    run(connection, statement.bind(silo.0)).await;
}

async fn scores(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let rows: Vec<(i64, Scores)> =
        population.iter().filter_map(|facts| Some((facts.contact.0, facts.scores?))).collect();
    let statement = sqlx::query(
        "INSERT INTO score (institution_id, contact_id, recency, frequency, monetary)
         SELECT $1, contact, recency, frequency, monetary
         FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::smallint[]) AS t (contact, recency, frequency, monetary)",
    )
    .bind(silo.0)
    .bind(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1.recency).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1.frequency).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.1.monetary).collect::<Vec<_>>());
    run(connection, statement).await;
}
