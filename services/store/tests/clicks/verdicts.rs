use model::verdict::{HitMethod, RULE_VERSION, Reason, Reasons};
use store::testing::Database;
use store::verdict::{self, Changes};

use crate::stage::{
    LINKS, accepted_at, activities_of, day, hit, judge_at, one, owner, projections_are_exact, recency_of,
    sent, take,
};

const QUARTER: i64 = 15 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_click_of_a_person_moves_recency_once_its_quarantine_is_over() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let silo = sent.institution;
    // A second click in the quarter of an hour prolongs the quarantine; together they are one activity of that day.
    take(&database, silo, vec![hit(&sent, 1, 3600, 0), hit(&sent, 1, 4200, 1)]).await.unwrap();
    assert_eq!(judge_at(&database, silo, 4200 + QUARTER - 1).await, Changes::default());
    assert_eq!(recency_of(&database, 1).await, Some(day("1999-01-15")));
    let changes = judge_at(&database, silo, 4200 + QUARTER).await;
    assert_eq!(changes, Changes { human: 2, raised: 1, ..Changes::default() });
    assert_eq!(recency_of(&database, 1).await, Some(day("2000-01-15")));
    assert_eq!(activities_of(&database, 1).await, 1);
    assert_eq!(judge_at(&database, silo, 100_000).await, Changes::default(), "nothing is judged twice");
    let organisation: i32 =
        one(&database, "SELECT organisation_id FROM activity WHERE contact_id = $1", 1).await;
    assert_eq!(organisation, sent.organisation.0);
    projections_are_exact(&database, silo).await;
}

/// The day of a click is the institution's: 23:30 UTC is the next day in Paris.
#[tokio::test(flavor = "multi_thread")]
async fn a_click_counts_on_the_day_of_the_institution() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let late = 15 * 3600 + 1800;
    take(&database, sent.institution, vec![hit(&sent, 1, late, 0)]).await.unwrap();
    judge_at(&database, sent.institution, late + QUARTER).await;
    assert_eq!(recency_of(&database, 1).await, Some(day("2000-01-16")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_a_scanner_moves_nothing_and_keeps_its_reasons() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let scan = (0..6).map(|n| hit(&sent, 1, 3600 + i64::from(n), n % 3)).collect();
    take(&database, sent.institution, scan).await.unwrap();
    let changes = judge_at(&database, sent.institution, 10_000).await;
    assert_eq!(changes, Changes { machine: 6, ..Changes::default() });
    assert_eq!(recency_of(&database, 1).await, Some(day("1999-01-15")));
    let (reasons, version): (i32, i16) = sqlx::query_as("SELECT DISTINCT reasons, rule_version FROM hit")
        .fetch_one(&mut owner(&database).await)
        .await
        .unwrap();
    assert!(Reasons(reasons).contains(Reason::Burst));
    assert_eq!(version, RULE_VERSION);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_moment_of_acceptance_a_click_stays_undecided() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    sqlx::query("UPDATE message SET state = 4").execute(&mut owner(&database).await).await.unwrap();
    take(&database, sent.institution, vec![hit(&sent, 1, 3600, 0)]).await.unwrap();
    let changes = judge_at(&database, sent.institution, 10_000).await;
    assert_eq!(changes, Changes { undecided: 1, ..Changes::default() });
    assert_eq!(activities_of(&database, 1).await, 0);
}

/// TR-08: later hits show that an earlier one was a machine's; what it had moved falls back, and only that.
#[tokio::test(flavor = "multi_thread")]
async fn a_revised_verdict_restores_recency() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let silo = sent.institution;
    let next_day = 24 * 3600;
    take(&database, silo, vec![hit(&sent, 1, 3600, 0), hit(&sent, 1, next_day, 0)]).await.unwrap();
    judge_at(&database, silo, next_day + QUARTER).await;
    assert_eq!(recency_of(&database, 1).await, Some(day("2000-01-16")));
    assert_eq!(activities_of(&database, 1).await, 2);
    // The spool of a second tracker brings the rest of a burst around the second click.
    let rest = vec![hit(&sent, 1, next_day + 1, 1), hit(&sent, 1, next_day + 2, 2)];
    take(&database, silo, rest).await.unwrap();
    let changes = judge_at(&database, silo, next_day + 2 + QUARTER).await;
    assert_eq!(changes, Changes { machine: 3, taken_back: 1, ..Changes::default() });
    assert_eq!(recency_of(&database, 1).await, Some(day("2000-01-15")), "the first click stays a click");
    // And a machine's verdict on the first day takes back what is left.
    let head = store::hit::NewHit { method: HitMethod::Head, ..hit(&sent, 1, 3601, 0) };
    take(&database, silo, vec![head]).await.unwrap();
    let changes = judge_at(&database, silo, next_day + 2 * QUARTER).await;
    assert_eq!(changes, Changes { machine: 1, undecided: 1, taken_back: 1, ..Changes::default() });
    assert_eq!(recency_of(&database, 1).await, Some(day("1999-01-15")));
    projections_are_exact(&database, silo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_of_older_rules_are_given_again() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    take(&database, sent.institution, vec![hit(&sent, 1, 3600, 0), hit(&sent, 2, 5, 0)]).await.unwrap();
    judge_at(&database, sent.institution, 10_000).await;
    // As if older rules had thought the opposite of both.
    sqlx::query("UPDATE hit SET rule_version = 0, verdict = 3 - verdict")
        .execute(&mut owner(&database).await)
        .await
        .unwrap();
    let changes = database
        .app
        .scoped(sent.institution, |mut tx| async move {
            let outdated = verdict::outdated(&mut tx, 100).await?;
            assert_eq!(outdated.len(), 2);
            let changes = verdict::judge(&mut tx, &outdated).await?;
            assert_eq!(verdict::outdated(&mut tx, 100).await?, []);
            tx.commit(changes).await
        })
        .await
        .unwrap();
    assert_eq!((changes.human, changes.machine), (1, 1));
    assert_eq!(recency_of(&database, 1).await, Some(day("2000-01-15")));
    assert_eq!(activities_of(&database, 2).await, 0);
    projections_are_exact(&database, sent.institution).await;
}

/// A robot that looks every ten minutes does not keep a person's click waiting for ever.
#[tokio::test(flavor = "multi_thread")]
async fn quarantine_ends_after_a_day_at_the_latest() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let mut hits = vec![hit(&sent, 1, 3600, 0)];
    hits.extend(
        (1..150).map(|n| store::hit::NewHit { method: HitMethod::Head, ..hit(&sent, 1, 3600 + n * 600, 0) }),
    );
    take(&database, sent.institution, hits).await.unwrap();
    let a_day = 3600 + 24 * 3600;
    assert_eq!(judge_at(&database, sent.institution, a_day - 1).await, Changes::default());
    assert_eq!(judge_at(&database, sent.institution, a_day).await.human, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn institutions_are_judged_apart() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let other = database.institution("other").await;
    let theirs = database.sent(other, 11..=11, &LINKS, accepted_at()).await;
    take(&database, sent.institution, vec![hit(&sent, 1, 3600, 0)]).await.unwrap();
    take(&database, other, vec![hit(&theirs, 11, 3600, 0)]).await.unwrap();
    assert_eq!(judge_at(&database, other, 10_000).await.human, 1);
    assert_eq!((activities_of(&database, 1).await, activities_of(&database, 11).await), (0, 1));
}

/// Two judges look at the same time: the second waits for the first, and finds nothing left to say.
#[tokio::test(flavor = "multi_thread")]
async fn two_judges_give_one_verdict() {
    let database = Database::fresh().await;
    let sent = sent(&database).await;
    let hits =
        (1..=5).flat_map(|contact| [hit(&sent, contact, 3600, 0), hit(&sent, contact, 3700, 1)]).collect();
    take(&database, sent.institution, hits).await.unwrap();
    database.set_business_clock(accepted_at() + chrono::TimeDelta::hours(3)).await;
    let judged = || {
        database.app.scoped(sent.institution, |mut tx| async move {
            let due = verdict::due(&mut tx, 100).await?;
            let changes = verdict::judge(&mut tx, &due).await?;
            tx.commit(changes).await
        })
    };
    let (first, second) = tokio::join!(judged(), judged());
    let both = first.unwrap().and(second.unwrap());
    assert_eq!(both, Changes { human: 10, raised: 5, ..Changes::default() });
    projections_are_exact(&database, sent.institution).await;
}
