//! A launch freezes an exact partition, once per key, and nothing when nobody is meant or when its number was not typed.

use model::guard::{Concern, Figures};
use model::permission::{Basis, Reason};
use sqlx::ConnectOptions as _;
use store::StoreError;
use store::launch::{Launched, NewLaunch, Review, status};
use store::testing::Database;

use crate::support::{EVERYBODY, NOBODY, confirmed, count, do_launch, fill, new_launch, to};

/// To everybody of [`fill`], six of whom are reachable; confirmed.
fn to_everybody(key: &str) -> NewLaunch {
    confirmed(new_launch(key, to(EVERYBODY)), 6)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_is_an_exact_partition_with_its_reasons() {
    let database = Database::fresh().await;
    let silo = database.institution("partition").await;
    fill(&database, silo).await;
    let counted = count(&database, silo, to(EVERYBODY)).await;
    let Launched { occurrence, waterfall, new } =
        do_launch(&database, silo, to_everybody("a")).await.unwrap();
    assert!(new);
    assert_eq!(waterfall, counted.waterfall, "what was counted is what is launched");
    assert_eq!((waterfall.matched, waterfall.planned), (10, 6));
    // Contact 2 is proven and keeps the shared address; contact 1, though older, is attested only.
    let expected = [
        (Reason::GeneralRefusal, 1),
        (Reason::NoConsent, 1),
        (Reason::NoAddress, 1),
        (Reason::SameAddress, 1),
    ];
    assert_eq!(waterfall.excluded, expected.into());
    assert_eq!(waterfall.also[&Reason::ChannelRefusal], 1, "secondary reasons are kept");
    assert_eq!(waterfall.bases, [(Basis::Proven, 6)].into());
    assert_eq!(waterfall.unset, 1);
    let status = database
        .app
        .scoped(silo, move |mut tx| async move {
            let status = status(&mut tx, occurrence).await?;
            tx.commit(status).await
        })
        .await
        .unwrap();
    assert_eq!((status.matched, status.planned, status.pending), (10, 6, 6));
    assert_eq!(status.excluded_at_launch, waterfall.excluded);
}

#[tokio::test(flavor = "multi_thread")]
async fn launching_twice_under_one_key_launches_once() {
    let database = Database::fresh().await;
    let silo = database.institution("twice").await;
    fill(&database, silo).await;
    let (first, second) = tokio::join!(
        do_launch(&database, silo, to_everybody("same")),
        do_launch(&database, silo, to_everybody("same"))
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.occurrence, second.occurrence);
    assert_eq!(first.waterfall, second.waterfall);
    assert!(first.new != second.new, "one of the two is the launch, the other finds it");
}

async fn traces(database: &Database) -> i64 {
    let mut connection = database.owner.connect().await.unwrap();
    let left =
        "SELECT (SELECT count(*) FROM launch) + (SELECT count(*) FROM link) + (SELECT count(*) FROM message)
                     + (SELECT count(*) FROM content_version)";
    sqlx::query_scalar(left).fetch_one(&mut connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_audience_is_refused_and_leaves_nothing() {
    let database = Database::fresh().await;
    let silo = database.institution("empty").await;
    fill(&database, silo).await;
    let refused = do_launch(&database, silo, new_launch("none", to(NOBODY))).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Refused(text) if text.contains("matches nobody")), "{refused}");
    assert_eq!(traces(&database).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_that_waits_for_its_number_leaves_nothing() {
    let database = Database::fresh().await;
    let silo = database.institution("guarded").await;
    fill(&database, silo).await;
    let launch = |reviewed, confirmed| NewLaunch {
        review: Review { reviewed, confirmed },
        ..new_launch("guarded", to(EVERYBODY))
    };
    for (reviewed, confirmed, concerns) in [
        (None, None, vec![Concern::LargeShare]),
        (Some(6), None, vec![Concern::LargeShare]),
        (Some(7), None, vec![Concern::LargeShare, Concern::Drift]),
        // Ten are matched; six would be written to, and that is the number.
        (Some(6), Some(10), vec![Concern::OtherNumber]),
    ] {
        let refused = do_launch(&database, silo, launch(reviewed, confirmed)).await.unwrap_err();
        let StoreError::Unconfirmed(figures) = refused else { panic!("{refused}") };
        assert_eq!(figures, Figures { planned: 6, file: 10, reviewed, confirmed });
        assert_eq!(figures.concerns(), concerns);
        assert_eq!(traces(&database).await, 0, "nothing is half-applied");
    }
    let launched = do_launch(&database, silo, launch(Some(7), Some(6))).await.unwrap();
    assert_eq!((launched.new, launched.waterfall.planned), (true, 6));
    let again = do_launch(&database, silo, launch(None, None)).await.unwrap();
    assert!(!again.new, "what was launched needs no number a second time");
    let mut connection = database.owner.connect().await.unwrap();
    let kept: (Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT reviewed, confirmed FROM launch").fetch_one(&mut connection).await.unwrap();
    assert_eq!(kept, (Some(7), Some(6)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_sees_its_own_silo_only() {
    let database = Database::fresh().await;
    let (one, other) = (database.institution("one").await, database.institution("other").await);
    fill(&database, one).await;
    do_launch(&database, one, to_everybody("a")).await.unwrap();
    let refused = do_launch(&database, other, to_everybody("a")).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Refused(_)),
        "the other institution has nobody, and its own key: {refused}"
    );
}
