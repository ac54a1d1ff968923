//! Frequency cap and holdout at launch: what counts, for how long, and that the share in SQL is the share in Rust.

use model::cap::Cap;
use model::holdout::{BUCKETS, Holdout};
use model::permission::Reason;
use model::vocabulary::{Channel, MessageState, Purpose};
use sqlx::{ConnectOptions as _, PgConnection};
use store::audience::{Audience, Member};
use store::testing::Database;

use crate::support::{EVERYBODY, count, earlier_launch, proven, to};

/// One earlier message: of which launch (purpose, channel, hours until it expires), what became of it, how many hours ago.
type Earlier = (Purpose, Channel, i32, MessageState, i32);

const NEWS: (Purpose, Channel, i32) = (Purpose::Marketing, Channel::Email, 24);

const fn news(state: MessageState, hours: i32) -> Earlier {
    (NEWS.0, NEWS.1, NEWS.2, state, hours)
}

/// What each contact got before, and whether that is enough under a cap of one in seven days.
const HISTORY: [(Earlier, bool); 16] = [
    (news(MessageState::Accepted, 1), true),
    (news(MessageState::Accepted, 24 * 7 - 1), true),
    (news(MessageState::Accepted, 24 * 7 + 1), false),
    (news(MessageState::Unknown, 1), true),
    (news(MessageState::Unknown, 24 * 8), false),
    // On its way, whenever it was launched.
    (news(MessageState::Planned, 24 * 30), true),
    (news(MessageState::Failed, 1), false),
    (news(MessageState::Cancelled, 1), false),
    (news(MessageState::Expired, 1), false),
    (news(MessageState::Excluded, 1), false),
    // Only marketing counts, and only on the channel.
    ((Purpose::ConsentRenewal, Channel::Email, 24, MessageState::Accepted, 1), false),
    ((Purpose::ContractNotice, Channel::Email, 24, MessageState::Accepted, 1), false),
    ((Purpose::Marketing, Channel::Sms, 24, MessageState::Accepted, 1), false),
    // The launch expired before the span: what is planned in it will not leave.
    ((Purpose::Marketing, Channel::Email, -24 * 8, MessageState::Planned, 1), false),
    ((Purpose::Marketing, Channel::Email, -24, MessageState::Accepted, 25), true),
    ((Purpose::Marketing, Channel::Email, -24, MessageState::Planned, 25), true),
];

async fn store_message(
    connection: &mut PgConnection,
    silo: i32,
    contact: usize,
    earlier: Earlier,
    launch: i32,
) {
    let (_, channel, _, state, hours) = earlier;
    let message = "INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
         VALUES ($1, $2, $3, $4, $5, 3, 0,
                 CASE WHEN $5::smallint <> 0 THEN clock_timestamp() - $6 * interval '1 hour' END)";
    sqlx::query(message)
        .bind(silo)
        .bind(launch)
        .bind(contact as i64)
        .bind(channel.number())
        .bind(state.number())
        .bind(hours)
        .execute(connection)
        .await
        .unwrap();
}

async fn members(database: &Database, silo: model::ids::InstitutionId, audience: Audience) -> Vec<Member> {
    let listing = database.app.scoped(silo, move |mut tx| async move {
        let members = audience.list(&mut tx).await?;
        tx.commit(members).await
    });
    listing.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_lately_counts_against_a_cap() {
    let database = Database::fresh().await;
    let silo = database.institution("capped").await;
    let neighbour = database.institution("neighbour").await;
    let mut connection = database.owner.connect().await.unwrap();
    proven(&mut connection, silo, HISTORY.len() as i32 + 1).await;
    for (contact, (earlier, _)) in (1..).zip(HISTORY) {
        let (purpose, channel, hours, ..) = earlier;
        let launch = earlier_launch(&mut connection, silo, (purpose, channel), hours).await;
        store_message(&mut connection, silo.0, contact, earlier, launch).await;
        // Of the same contact number in another institution, which must not be looked at.
        let launch = earlier_launch(&mut connection, neighbour, (NEWS.0, NEWS.1), NEWS.2).await;
        for other in 1..=HISTORY.len() + 1 {
            store_message(&mut connection, neighbour.0, other, news(MessageState::Accepted, 1), launch).await;
        }
    }
    let capped = |messages, purpose| {
        let mut audience = to(EVERYBODY);
        audience.cap = Cap::new(messages, 7);
        audience.question.purpose = purpose;
        audience
    };
    let found = members(&database, silo, capped(1, Purpose::Marketing)).await;
    for (member, (earlier, expected)) in found.iter().zip(HISTORY) {
        assert_eq!(member.blocks.has(Reason::FrequencyCap), expected, "{earlier:?}");
        assert_eq!(member.blocks.is_empty(), !expected, "{earlier:?}");
    }
    assert!(found[HISTORY.len()].blocks.is_empty(), "who got nothing is not capped");

    // Two are allowed: only whoever has two that count is left out.
    let launch = earlier_launch(&mut connection, silo, (NEWS.0, NEWS.1), NEWS.2).await;
    store_message(&mut connection, silo.0, 1, news(MessageState::Accepted, 2), launch).await;
    store_message(&mut connection, silo.0, 3, news(MessageState::Accepted, 2), launch).await;
    let found = members(&database, silo, capped(2, Purpose::Marketing)).await;
    let out: Vec<i64> =
        found.iter().filter(|member| !member.blocks.is_empty()).map(|member| member.contact.0).collect();
    assert_eq!(out, [1]);

    // A cap delays a renewal and excludes nobody from it; that is for the claim.
    let found = members(&database, silo, capped(1, Purpose::ConsentRenewal)).await;
    assert!(found.iter().all(|member| !member.blocks.has(Reason::FrequencyCap)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_share_that_is_held_out_is_the_one_of_the_rule() {
    let database = Database::fresh().await;
    let silo = database.institution("held-out").await;
    let mut connection = database.owner.connect().await.unwrap();
    proven(&mut connection, silo, i32::from(BUCKETS)).await;
    let shuffle =
        "UPDATE contact SET bucket = (contact_id * 7919 % 10000)::smallint WHERE institution_id = $1";
    sqlx::query(shuffle).bind(silo.0).execute(&mut connection).await.unwrap();
    for (percent, name) in [(1, "season"), (10, "season"), (10, "newsletter"), (50, "noël")] {
        let holdout = Holdout { percent, name: name.to_owned() };
        let buckets = holdout.buckets();
        let audience = Audience { holdout: Some(holdout), ..to(EVERYBODY) };
        for member in members(&database, silo, audience.clone()).await {
            let bucket = u16::try_from(member.contact.0 * 7919 % 10_000).unwrap();
            let expected = buckets.binary_search(&bucket).is_ok();
            assert_eq!(member.blocks.has(Reason::Holdout), expected, "bucket {bucket} of {percent} % {name}");
        }
        let counted = count(&database, silo, audience).await;
        let held_out = i64::from(percent) * 100;
        assert_eq!(counted.waterfall.excluded, [(Reason::Holdout, held_out)].into());
        assert_eq!(counted.without, [(Reason::Holdout, held_out)].into());
    }
}
