//! Launches, their ledger, and what came back.

use audience::testing::World;
use audience::{ContactFacts, MessageFact};
use chrono::NaiveDate;
use model::ids::InstitutionId;
use model::vocabulary::MessageState;
use sqlx::PgConnection;

use super::run;

/// Beside what counts stands what does not: a message that was left out, an attempt before the last, a machine's hit.
pub async fn store(
    connection: &mut PgConnection,
    silo: InstitutionId,
    world: &World,
    population: &[ContactFacts],
) {
    launches(connection, silo, world).await;
    let messages: Vec<(i64, &MessageFact)> = population
        .iter()
        .flat_map(|facts| facts.messages.iter().map(|message| (facts.contact.0, message)))
        .collect();
    ledger(connection, silo, &messages).await;
    attempts(connection, silo, &messages).await;
    hits(connection, silo, &messages).await;
}

async fn launches(connection: &mut PgConnection, silo: InstitutionId, world: &World) {
    let statement = sqlx::query(
        "INSERT INTO launch
            (institution_id, occurrence_id, public_id, launch_key, name, purpose, channel, lane, organisation_id, topic_id, query, zone,
             today, unset_means, content_id, sender, token_key, expires_at, state, snapshot, launched_at, launched_by)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, gen_random_uuid(), key, key, 0, 1, 1, 1, 0, '{}', 'Europe/Paris', '2000-01-01', 2, 1, '{}', 1, '2000-01-03', 4, '',
                '2000-01-01', 'test'
         FROM unnest($2::int[], $3::text[]) AS t (id, key)",
    )
    .bind(silo.0)
    .bind(world.catalogue.campaigns.values().map(|id| id.0).collect::<Vec<_>>())
    .bind(world.catalogue.campaigns.keys().cloned().collect::<Vec<_>>());
    run(connection, statement).await;
}

async fn ledger(connection: &mut PgConnection, silo: InstitutionId, messages: &[(i64, &MessageFact)]) {
    let state = |message: &MessageFact, contact: i64| match message.bounced_on {
        Some(_) => MessageState::Failed,
        None if contact % 3 == 0 => MessageState::Unknown,
        None => MessageState::Accepted,
    };
    let statement = sqlx::query(
        "INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
         SELECT $1, occurrence, contact, 1, state, 0, 0, (day + time '23:59') AT TIME ZONE n.zone
         FROM institution n, unnest($2::int[], $3::bigint[], $4::smallint[], $5::date[]) AS t (occurrence, contact, state, day)
         WHERE n.institution_id = $1",
    )
    .bind(silo.0)
    .bind(messages.iter().map(|(_, message)| message.occurrence.0).collect::<Vec<_>>())
    .bind(messages.iter().map(|(contact, _)| *contact).collect::<Vec<_>>())
    .bind(messages.iter().map(|(contact, message)| state(message, *contact).number()).collect::<Vec<_>>())
    .bind(messages.iter().map(|(_, message)| message.received_on.or(message.bounced_on)).collect::<Vec<_>>());
    run(connection, statement).await;
    // Everybody else was left out of the first launch.
    let statement = sqlx::query(
        "INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
         SELECT $1, 1, contact_id, 1, $2, 0, 1, '2000-01-01' FROM contact WHERE institution_id = $1
         ON CONFLICT DO NOTHING",
    );
    run(connection, statement.bind(silo.0).bind(MessageState::Excluded.number())).await;
}

async fn attempts(connection: &mut PgConnection, silo: InstitutionId, messages: &[(i64, &MessageFact)]) {
    // A first attempt that was deferred by the recipient's fault; then one that decided.
    let statement = sqlx::query(
        "INSERT INTO attempt
            (institution_id, occurrence_id, contact_id, channel, attempt_no, claim_token, worker_id, address_hash, claimed_at, ended_at,
             outcome, fault)
         SELECT $1, occurrence, contact, 1, no, gen_random_uuid(), gen_random_uuid(), '', '2000-01-01', '2000-01-01',
                CASE WHEN no = 1 THEN 2 WHEN bounced THEN 3 ELSE 1 END, CASE WHEN no = 1 OR bounced THEN 1 END
         FROM unnest($2::int[], $3::bigint[], $4::boolean[]) AS t (occurrence, contact, bounced), generate_series(1, 2) AS no",
    )
    .bind(silo.0)
    .bind(messages.iter().map(|(_, message)| message.occurrence.0).collect::<Vec<_>>())
    .bind(messages.iter().map(|(contact, _)| *contact).collect::<Vec<_>>())
    .bind(messages.iter().map(|(_, message)| message.bounced_on.is_some()).collect::<Vec<_>>());
    run(connection, statement).await;
}

async fn hits(connection: &mut PgConnection, silo: InstitutionId, messages: &[(i64, &MessageFact)]) {
    let clicks: Vec<(i64, i32, NaiveDate)> = messages
        .iter()
        .flat_map(|(contact, message)| {
            message.clicked_on.iter().map(|day| (*contact, message.occurrence.0, *day))
        })
        .collect();
    // Each click twice, and a scanner on the day before.
    let statement = sqlx::query(
        "INSERT INTO hit
            (institution_id, contact_id, spool_id, spool_offset, occurrence_id, channel, link_no, hit_at, method, signals, agent, verdict)
         SELECT $1, contact, gen_random_uuid(), 0, occurrence, 1, 0,
                (day - CASE WHEN verdict = 2 THEN 1 ELSE 0 END + time '00:00') AT TIME ZONE n.zone, 0, 0, 0, verdict
         FROM institution n, unnest($2::int[], $3::bigint[], $4::date[]) AS t (occurrence, contact, day),
              unnest('{1, 1, 2}'::smallint[]) AS verdict
         WHERE n.institution_id = $1",
    )
    .bind(silo.0)
    .bind(clicks.iter().map(|(_, occurrence, _)| *occurrence).collect::<Vec<_>>())
    .bind(clicks.iter().map(|(contact, _, _)| *contact).collect::<Vec<_>>())
    .bind(clicks.iter().map(|(_, _, day)| *day).collect::<Vec<_>>());
    run(connection, statement).await;
}
