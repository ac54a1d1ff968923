//! `audience/decide.sql` against `model::permission::blocks`, on every combination of facts and questions (design, section 2).

use chrono::{Days, NaiveDate};
use model::cap::Cap;
use model::holdout::Holdout;
use model::ids::{ContactId, InstitutionId};
use model::permission::{
    Basis, Blocks, GateFacts, OPEN_END, Question, Reason, RenewalWindow, ScopeFacts, blocks,
};
use model::vocabulary::{Channel, Proof, Purpose, UnsetMeans};
use sqlx::{ConnectOptions as _, PgConnection};
use store::audience::{Audience, Member};
use store::testing::Database;

use crate::support::{EVERYBODY, earlier_launch, target, to};

/// One contact's facts; every field takes each of its interesting values in turn.
#[derive(Clone, Debug)]
struct Case {
    gate: GateFacts,
    scope: Option<ScopeFacts>,
    recency: Option<NaiveDate>,
    campaign: CampaignFacts,
}

/// What the rules of one campaign see of a contact.
#[derive(Clone, Copy, Debug)]
struct CampaignFacts {
    /// The exclusion asks about it; unknown when it is not on file.
    city: Option<&'static str>,
    /// Got marketing yesterday, and the cap allows one message in a week.
    written_to: bool,
    /// Stands in a bucket that is held out.
    held_out: bool,
}

impl CampaignFacts {
    /// Every combination takes its turn.
    fn of(turn: usize) -> Self {
        Self {
            city: [None, Some("lyon"), Some("paris")][turn % 3],
            written_to: turn / 3 % 2 == 1,
            held_out: turn / 6 % 2 == 1,
        }
    }

    fn runtime(self) -> Blocks {
        Blocks::NONE
            .with(Reason::ExcludedTarget, self.city != Some("paris"))
            .with(Reason::FrequencyCap, self.written_to)
            .with(Reason::Holdout, self.held_out)
    }
}

fn holdout() -> Holdout {
    Holdout { percent: 50, name: "season".to_owned() }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 15).unwrap()
}

fn yesterday() -> NaiveDate {
    today() - Days::new(1)
}

fn tomorrow() -> NaiveDate {
    today() + Days::new(1)
}

fn window() -> RenewalWindow {
    RenewalWindow { from: today() - Days::new(900), until: today() - Days::new(700) }
}

/// Every subset of the stored bits × the answers at institution scope × those of a scope × the dates. The twelve combinations of
/// what a campaign's own rules see take turns: with thirteen sets of dates, each meets each of every other fact.
fn cases() -> Vec<Case> {
    let stored: Vec<Reason> = Blocks::STORED.reasons().collect();
    let answers = [
        (Proof::Claim, None),
        (Proof::Proven, Some(yesterday())),
        (Proof::Attested, Some(today())),
        (Proof::Proven, Some(OPEN_END)),
    ];
    let mut cases = Vec::new();
    for bits in 0..1 << stored.len() {
        let chosen: Vec<Reason> = stored
            .iter()
            .enumerate()
            .filter(|(n, _)| bits & (1 << n) != 0)
            .map(|(_, reason)| *reason)
            .collect();
        for (proof, consent_until) in answers {
            for scope in scopes() {
                for (suppressed_until, of_age_on, recency) in dates() {
                    let blocks = Blocks::of(&chosen);
                    let gate = GateFacts { blocks, proof, consent_until, of_age_on, suppressed_until };
                    let campaign = CampaignFacts::of(cases.len());
                    cases.push(Case { gate, scope: scope.clone(), recency, campaign });
                }
            }
        }
    }
    cases
}

fn scopes() -> Vec<Option<ScopeFacts>> {
    let scope = |blocks, proof, consent_until, soft_opt_in| {
        Some(ScopeFacts { blocks, proof, consent_until, soft_opt_in })
    };
    vec![
        None,
        scope(Reason::GeneralRefusal.bit(), Proof::Claim, None, false),
        scope(Reason::ChannelRefusal.bit(), Proof::Claim, None, true),
        scope(Blocks::NONE, Proof::Attested, Some(OPEN_END), false),
        scope(Blocks::NONE, Proof::Proven, Some(yesterday()), true),
        scope(Blocks::NONE, Proof::Claim, None, true),
    ]
}

/// The days on both sides of every limit, one at a time around a contact for whom all of them pass.
fn dates() -> Vec<(Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>)> {
    let fresh = Some(yesterday());
    let kept = NaiveDate::from_ymd_opt(1997, 1, 15).unwrap();
    let mut all: Vec<_> =
        [None, Some(yesterday()), Some(today()), Some(OPEN_END)].map(|until| (until, None, fresh)).into();
    all.extend([Some(today()), Some(tomorrow())].map(|age| (None, age, fresh)));
    all.extend([None, Some(kept), Some(kept - Days::new(1))].map(|recency| (None, None, recency)));
    all.extend([window().from, window().until].map(|day| (None, None, Some(day))));
    all.extend(
        [window().from - Days::new(1), window().until + Days::new(1)].map(|day| (None, None, Some(day))),
    );
    all
}

fn questions() -> Vec<Question> {
    let ask = |purpose, unset_means, renewal| Question {
        purpose,
        unset_means,
        retention_months: 36,
        today: today(),
        renewal,
    };
    let mut questions = Vec::new();
    for unset_means in UnsetMeans::ALL {
        questions.push(ask(Purpose::Marketing, *unset_means, None));
        questions.push(ask(Purpose::ConsentRenewal, *unset_means, Some(window())));
        questions.push(ask(Purpose::ConsentRenewal, *unset_means, None));
    }
    questions
}

#[tokio::test(flavor = "multi_thread")]
async fn the_decision_in_sql_is_the_decision_in_rust() {
    let database = Database::fresh().await;
    let silo = database.institution("combinations").await;
    let cases = cases();
    store_cases(&mut database.owner.connect().await.unwrap(), silo, &cases).await;
    let mut seen = std::collections::HashMap::<Option<Reason>, usize>::new();
    for (question, ruled) in
        questions().into_iter().flat_map(|question| [(question.clone(), false), (question, true)])
    {
        let members = ask(&database, silo, question.clone(), ruled).await;
        assert_eq!(members.len(), cases.len());
        for (case, member) in cases.iter().zip(&members) {
            let scopes: Vec<ScopeFacts> = case.scope.clone().into_iter().collect();
            let runtime = if ruled { case.campaign.runtime() } else { Blocks::NONE };
            let expected = blocks(&question, &case.gate, &scopes, case.recency, runtime);
            assert_eq!((member.blocks, member.basis), expected, "{question:?} {case:?}");
            *seen.entry(member.blocks.first()).or_default() += 1;
        }
    }
    // Every reason was *the* reason for somebody, but for addresses, of which each has its own; and somebody was allowed.
    for reason in Reason::ALL {
        assert_eq!(seen.contains_key(&Some(*reason)), *reason != Reason::SameAddress, "{reason}");
    }
    assert!(seen[&None] > 100);
}

/// Asks with or without the rules of a campaign: without them their facts say nothing.
async fn ask(database: &Database, silo: InstitutionId, question: Question, ruled: bool) -> Vec<Member> {
    let mut asked = Audience { question, ..to(EVERYBODY) };
    if ruled {
        let lyon = r#"{"leaf": "identity", "field": "city", "equals": "Lyon"}"#;
        asked.targets.exclude.push(target("lyon", lyon));
        asked.cap = Cap::new(1, 7);
        asked.holdout = Some(holdout());
    }
    let listing = database.app.scoped(silo, move |mut tx| async move {
        let members = asked.list(&mut tx).await?;
        tx.commit(members).await
    });
    listing.await.unwrap()
}

/// Writes gates as they would be projected; contact n is case n. A scope of another organisation must never be looked at.
async fn store_cases(connection: &mut PgConnection, silo: InstitutionId, cases: &[Case]) {
    let ids: Vec<i64> = (1..=cases.len() as i64).collect();
    let column = |pick: &dyn Fn(&Case) -> Option<NaiveDate>| cases.iter().map(pick).collect::<Vec<_>>();
    store_contacts(connection, silo, cases).await;
    sqlx::query(
        "INSERT INTO gate (institution_id, contact_id, channel, blocks, proof, consent_until, of_age_on, suppressed_until, address_hash, stamp)
         SELECT $1, id, 1, blocks, proof, consent, age, suppressed, int8send(id), '2000-01-01'
         FROM unnest($2::bigint[], $3::int[], $4::smallint[], $5::date[], $6::date[], $7::date[])
           AS t (id, blocks, proof, consent, age, suppressed)",
    )
    .bind(silo.0)
    .bind(&ids)
    .bind(cases.iter().map(|case| case.gate.blocks.0).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.gate.proof.number()).collect::<Vec<_>>())
    .bind(column(&|case| case.gate.consent_until))
    .bind(column(&|case| case.gate.of_age_on))
    .bind(column(&|case| case.gate.suppressed_until))
    .execute(&mut *connection)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO recency (institution_id, contact_id, active_on)
         SELECT $1, id, day FROM unnest($2::bigint[], $3::date[]) AS t (id, day)",
    )
    .bind(silo.0)
    .bind(&ids)
    .bind(column(&|case| case.recency))
    .execute(&mut *connection)
    .await
    .unwrap();
    store_scopes(connection, silo, cases).await;
}

/// The contacts, and one earlier launch to those who were written to.
async fn store_contacts(connection: &mut PgConnection, silo: InstitutionId, cases: &[Case]) {
    let held_out = holdout().buckets();
    let free = (0..).find(|bucket| held_out.binary_search(bucket).is_err()).unwrap();
    let bucket = |case: &Case| if case.campaign.held_out { held_out[0] } else { free };
    let ids: Vec<i64> = (1..=cases.len() as i64).collect();
    sqlx::query(
        "INSERT INTO contact (institution_id, contact_id, public_id, source, external_id, kind, roles, bucket, city_key, as_of, content_hash)
         OVERRIDING SYSTEM VALUE
         SELECT $1, id, gen_random_uuid(), 'test', id::text, 0, 1, bucket, city, '2000-01-01', 0
         FROM unnest($2::bigint[], $3::smallint[], $4::text[]) AS t (id, bucket, city)",
    )
    .bind(silo.0)
    .bind(&ids)
    .bind(cases.iter().map(|case| bucket(case) as i16).collect::<Vec<_>>())
    .bind(cases.iter().map(|case| case.campaign.city).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await
    .unwrap();
    let launch = earlier_launch(connection, silo, (Purpose::Marketing, Channel::Email), 24).await;
    let written_to = ids.iter().zip(cases).filter(|(_, case)| case.campaign.written_to).map(|(id, _)| *id);
    sqlx::query(
        "INSERT INTO message (institution_id, occurrence_id, contact_id, channel, state, proof, blocks_launch, ended_at)
         SELECT $1, $2, id, 1, 2, 3, 0, clock_timestamp() - interval '1 day' FROM unnest($3::bigint[]) AS t (id)",
    )
    .bind(silo.0)
    .bind(launch)
    .bind(written_to.collect::<Vec<_>>())
    .execute(&mut *connection)
    .await
    .unwrap();
}

async fn store_scopes(connection: &mut PgConnection, silo: InstitutionId, cases: &[Case]) {
    let scoped: Vec<(i64, &ScopeFacts)> =
        (1..).zip(cases).filter_map(|(id, case)| case.scope.as_ref().map(|scope| (id, scope))).collect();
    sqlx::query(
        "INSERT INTO gate_scope (institution_id, contact_id, channel, organisation_id, topic_id, blocks, proof, consent_until, soft_opt_in)
         SELECT $1, id, 1, 7, 0, blocks, proof, consent, bought
         FROM unnest($2::bigint[], $3::int[], $4::smallint[], $5::date[], $6::boolean[]) AS t (id, blocks, proof, consent, bought)
         UNION ALL
         SELECT $1, id, 1, 8, 0, 24, 0, NULL, true FROM unnest($2::bigint[]) AS t (id)",
    )
    .bind(silo.0)
    .bind(scoped.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(scoped.iter().map(|(_, scope)| scope.blocks.0).collect::<Vec<_>>())
    .bind(scoped.iter().map(|(_, scope)| scope.proof.number()).collect::<Vec<_>>())
    .bind(scoped.iter().map(|(_, scope)| scope.consent_until).collect::<Vec<_>>())
    .bind(scoped.iter().map(|(_, scope)| scope.soft_opt_in).collect::<Vec<_>>())
    .execute(connection)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bits_in_sql_are_the_bits_in_rust() {
    let database = Database::fresh().await;
    let mut connection = database.owner.connect().await.unwrap();
    for reason in Reason::ALL {
        let bit: i32 = sqlx::query_scalar("SELECT reason_bit($1)")
            .bind(reason.word())
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(Blocks(bit), reason.bit(), "{reason}");
    }
    assert_eq!(ContactId(1).to_string(), "1");
    assert_eq!(Basis::Proven as i16, 3);
}
