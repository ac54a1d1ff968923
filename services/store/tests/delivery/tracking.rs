//! Whose links are tracked: the policy and the contact's own answer, at every scope that covers the message (TR-24).

use model::vocabulary::{ClickTracking, DataUse, UnsetMeans};

use crate::support::{ORGANISATION, Scene};

/// An answer at one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Nothing,
    Yes,
    Expired,
    No,
}

const GIVEN: [Given; 4] = [Given::Nothing, Given::Yes, Given::Expired, Given::No];

/// What was answered to the institution, to the organisation that sends, and to one that does not.
fn combinations() -> Vec<[Given; 3]> {
    let mut all = Vec::new();
    for institution in GIVEN {
        for organisation in GIVEN {
            all.extend(
                [Given::Nothing, Given::Yes, Given::No].map(|other| [institution, organisation, other]),
            );
        }
    }
    all
}

/// The words of the standards, on the two scopes that cover.
fn expected(policy: ClickTracking, [institution, organisation, _]: [Given; 3]) -> bool {
    let covering = [institution, organisation];
    match policy {
        ClickTracking::Off => false,
        _ if covering.contains(&Given::No) => false,
        ClickTracking::UnlessRefused => true,
        ClickTracking::OnlyIfGranted => covering.contains(&Given::Yes),
    }
}

async fn answer(scene: &Scene, contact: i64, organisation: i32, given: Given) {
    let (answer, expires) = match given {
        Given::Nothing => return,
        Given::Yes => (1_i16, None),
        Given::Expired => (1, Some("2001-01-01")),
        Given::No => (2, None),
    };
    sqlx::query(
        "INSERT INTO authorisation
            (institution_id, contact_id, organisation_id, topic_id, channel, answer, proof, channels, expires_on, happened_at, record_id)
         VALUES ($1, $2, $3, 0, $4, $5, 2, 0, $6::date, '2001-01-01', gen_random_uuid())",
    )
    .bind(scene.launch.institution.0)
    .bind(contact)
    .bind(organisation)
    .bind(DataUse::ClickTracking.number())
    .bind(answer)
    .bind(expires)
    .execute(&scene.owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn links_are_tracked_as_policy_and_answers_say() {
    let combinations = combinations();
    for policy in ClickTracking::ALL {
        let scene = Scene::under(i32::try_from(combinations.len()).unwrap(), UnsetMeans::Explicit).await;
        sqlx::query("UPDATE policy SET click_tracking = $1")
            .bind(policy.number())
            .execute(&scene.owner)
            .await
            .unwrap();
        for (contact, given) in scene.contacts.iter().zip(&combinations) {
            for (organisation, given) in [0, ORGANISATION, ORGANISATION + 1].into_iter().zip(given) {
                answer(&scene, contact.0, organisation, *given).await;
            }
        }
        scene.dispatched().await;
        let claimed = scene.claim(&scene.contacts, 1).await.claimed;
        assert_eq!(claimed.len(), combinations.len(), "what is tracked decides about nobody's message");
        for (claimed, given) in claimed.iter().zip(&combinations) {
            assert_eq!(claimed.tracks_clicks, expected(*policy, *given), "{policy} {given:?}");
        }
    }
}

#[tokio::test]
async fn a_looser_policy_loosens_no_launch_that_was_made_before() {
    let scene = Scene::with(2).await;
    scene.execute("UPDATE policy SET click_tracking = 2, retention_months = 12, since = NULL").await;
    scene
        .execute(
            "INSERT INTO policy
             SELECT institution_id, 2, l.launched_at + interval '1 microsecond', unset_email, unset_sms, unset_phone, unset_post,
                    unset_reason, 36, consent_age, 0, 'test', 'test'
             FROM policy JOIN launch l USING (institution_id)",
        )
        .await;
    scene.execute("UPDATE recency SET active_on = (clock_timestamp() - interval '20 months')::date WHERE contact_id = 2").await;
    scene.dispatched().await;
    let claim = scene.claim(&scene.contacts, 1).await;
    assert_eq!(claim.claimed.len(), 1, "{claim:?}");
    assert!(!claim.claimed[0].tracks_clicks);
    assert_eq!(claim.ended[0].2, model::permission::Reason::RetentionPassed.bit());
    // A launch that was made later stands under the looser one.
    let scene = Scene::with(1).await;
    scene.execute("UPDATE policy SET click_tracking = 2, retention_months = 12, since = NULL").await;
    scene
        .execute(
            "INSERT INTO policy
             SELECT institution_id, 2, l.launched_at - interval '1 second', unset_email, unset_sms, unset_phone, unset_post,
                    unset_reason, 36, consent_age, 0, 'test', 'test'
             FROM policy JOIN launch l USING (institution_id)",
        )
        .await;
    scene.dispatched().await;
    assert!(scene.claim(&scene.contacts, 1).await.claimed[0].tracks_clicks);
}
