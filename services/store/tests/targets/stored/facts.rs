//! Activities and order lines.

use audience::ContactFacts;
use model::ids::InstitutionId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::run;

pub async fn store(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    activities(connection, silo, population).await;
    order_lines(connection, silo, population).await;
}

async fn activities(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let rows: Vec<_> = population
        .iter()
        .flat_map(|facts| facts.activities.iter().map(|fact| (facts.contact.0, fact)))
        .collect();
    let statement = sqlx::query(
        "INSERT INTO activity
            (institution_id, contact_id, activity_id, organisation_id, kind, role, product_id, happened_on, amount, counts_on, as_of, content_hash)
         SELECT $1, contact, id, organisation, kind, role, product, day, amount, counts, '2000-01-01', 0
         FROM unnest($2::bigint[], $3::uuid[], $4::int[], $5::smallint[], $6::smallint[], $7::bigint[], $8::date[], $9::bigint[], $10::date[])
           AS t (contact, id, organisation, kind, role, product, day, amount, counts)",
    )
    .bind(silo.0)
    .bind(rows.iter().map(|(contact, _)| *contact).collect::<Vec<_>>())
    .bind((1..=rows.len() as u128).map(Uuid::from_u128).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.organisation.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.kind.number()).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.role.number()).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.product.map(|product| product.0)).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.happened_on).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.amount).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, fact)| fact.counts_on).collect::<Vec<_>>());
    run(connection, statement).await;
}

async fn order_lines(connection: &mut PgConnection, silo: InstitutionId, population: &[ContactFacts]) {
    let rows: Vec<_> = population
        .iter()
        .flat_map(|facts| facts.order_lines.iter().map(|line| (facts.contact.0, line)))
        .collect();
    let statement = sqlx::query(
        "INSERT INTO order_line
            (institution_id, contact_id, line_id, role, organisation_id, product_id, state, ordered_on, quantity, amount, as_of, content_hash)
         SELECT $1, contact, id, role, organisation, product, state, ordered, 1, 0, '2000-01-01', 0
         FROM unnest($2::bigint[], $3::uuid[], $4::smallint[], $5::int[], $6::bigint[], $7::smallint[], $8::date[])
           AS t (contact, id, role, organisation, product, state, ordered)",
    )
    .bind(silo.0)
    .bind(rows.iter().map(|(contact, _)| *contact).collect::<Vec<_>>())
    .bind((1..=rows.len() as u128).map(Uuid::from_u128).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, line)| line.role.number()).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, line)| line.organisation.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, line)| line.product.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, line)| line.state.number()).collect::<Vec<_>>())
    .bind(rows.iter().map(|(_, line)| line.ordered_on).collect::<Vec<_>>());
    run(connection, statement).await;
}
