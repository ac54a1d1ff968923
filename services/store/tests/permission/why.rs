//! The answer to "why" stands on the evidence: replayed as of now it is the projection, as of a past moment it is what was decided
//! then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::ids::{ContactId, OrganisationId, TopicId};
use model::permission::{
    Blocks, Decision, GateFacts, INSTITUTION, Question, Reason, Replayed, ScopeFacts, decide,
};
use model::vocabulary::{Answer, Asked, Channel, Proof, Purpose, UnsetMeans};
use store::why::{self, Why, why};
use uuid::Uuid;

use crate::act::{Act, beginning, today};
use crate::chance::{Chance, seed};
use crate::expected::{Permission, Record};
use crate::scene::Scene;

const ROUNDS: usize = 8;
const ACTS: usize = 30;

/// The projection of one contact in the words of the replay.
fn projected(permission: &Permission, contact: i64) -> Replayed {
    let gate = &permission.gates[&contact];
    let of_contact = permission.scopes.iter().filter(|((of, _), _)| *of == contact);
    Replayed {
        gate: GateFacts {
            blocks: gate.blocks,
            proof: gate.proof,
            consent_until: gate.consent_until,
            of_age_on: gate.of_age_on,
            suppressed_until: gate.suppressed_until,
        },
        scopes: of_contact
            .map(|((_, (organisation, topic)), scope)| {
                let facts = ScopeFacts {
                    blocks: scope.blocks,
                    proof: scope.proof,
                    consent_until: scope.consent_until,
                    soft_opt_in: scope.soft_opt_in,
                };
                ((OrganisationId(*organisation), TopicId(*topic)), facts)
            })
            .collect(),
    }
}

async fn replayed(scene: &Scene, contact: i64, at: Option<DateTime<Utc>>) -> Replayed {
    let replay = move |mut tx| async move {
        let replayed = why::replayed(&mut tx, ContactId(contact), Channel::Email, at).await?;
        tx.commit(replayed).await
    };
    scene.database.app.scoped(scene.silo, replay).await.unwrap()
}

async fn now(scene: &Scene) -> DateTime<Utc> {
    scene
        .database
        .app
        .scoped(scene.silo, |tx| async move {
            let now = tx.business_now();
            tx.commit(now).await
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_as_of_now_it_is_the_projection_whatever_happened() {
    let (first, seed) = (Scene::new().await, seed());
    let mut refused = 0;
    for round in 0..ROUNDS {
        let code = format!("now {round}");
        let (scene, chance) = (first.beside(&code).await, Chance::new(&format!("{seed} {code}")));
        let file = beginning(&chance);
        for (contact, person) in &file.people {
            scene.add(*contact, person).await;
        }
        for _ in 0..ACTS {
            Act::drawn(&chance).happen(&scene).await;
        }
        let permission = scene.permission().await;
        for contact in file.people.keys() {
            let replayed = replayed(&scene, *contact, None).await;
            assert_eq!(replayed, projected(&permission, *contact), "{code}, contact {contact}");
            refused += usize::from(!(replayed.gate.blocks & Blocks::REFUSALS).is_empty());
        }
    }
    assert!(refused > 5, "{refused} refusals are hardly a test");
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_as_of_a_past_moment_it_is_what_stood_then() {
    let (first, seed) = (Scene::new().await, seed());
    let mut different = 0;
    for round in 0..ROUNDS {
        let code = format!("then {round}");
        let (scene, chance) = (first.beside(&code).await, Chance::new(&format!("{seed} {code}")));
        let file = beginning(&chance);
        for (contact, person) in &file.people {
            scene.add(*contact, person).await;
        }
        let mut noted: Vec<(DateTime<Utc>, BTreeMap<i64, Replayed>)> = Vec::new();
        for _ in 0..ACTS {
            Act::evidence(&chance).happen(&scene).await;
            let permission = scene.permission().await;
            let stood = file.people.keys().map(|contact| (*contact, projected(&permission, *contact)));
            noted.push((now(&scene).await, stood.collect()));
        }
        for (step, (at, stood)) in noted.iter().enumerate() {
            for (contact, stood) in stood {
                let replayed = replayed(&scene, *contact, Some(*at)).await;
                assert_eq!(replayed, *stood, "{code}, after act {step}, contact {contact}");
            }
        }
        different += noted.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    }
    assert!(different > ROUNDS * 5, "{different} acts changed anything");
}

fn record(id: u128, answer: Answer, proof: Proof, hour: u32) -> Record {
    Record {
        id: Uuid::from_u128(id),
        scope: (0, 0),
        asked: Asked::Channel(Channel::Email),
        answer,
        proof,
        channels: Vec::new(),
        at: today().and_hms_opt(hour, 0, 0).unwrap().and_utc(),
        expires_on: None,
    }
}

async fn ask(scene: &Scene, purpose: Purpose, at: Option<DateTime<Utc>>) -> Why {
    let asked = why::Asked {
        contact: ContactId(1),
        channel: Channel::Email,
        purpose,
        scope: INSTITUTION,
        at,
        renewal: None,
    };
    let told = move |mut tx| async move {
        let told = why(&mut tx, asked).await?;
        tx.commit(told).await
    };
    scene.database.app.scoped(scene.silo, told).await.unwrap()
}

fn ids(entries: &[why::Entry]) -> Vec<u128> {
    entries.iter().map(|entry| entry.evidence.record_id.as_u128()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reasons_come_with_their_records_and_the_policy_that_was_in_force() {
    let scene = Scene::new().await;
    let person = crate::expected::Person { address: Some([7; 32]), ..Default::default() };
    scene.add(1, &person).await;
    let nobody_asked = now(&scene).await;
    scene.say(1, &record(1, Answer::Yes, Proof::Claim, 1)).await;
    scene.say(1, &record(2, Answer::Yes, Proof::Proven, 2)).await;
    let granted = now(&scene).await;
    // Somebody else with the same address refuses through it; and the contact itself by another way.
    scene.add(2, &person).await;
    scene.refuse(2, &record(3, Answer::No, Proof::Proven, 3), Some([7; 32])).await;
    scene.refuse(1, &record(4, Answer::No, Proof::Proven, 4), None).await;

    let then = ask(&scene, Purpose::Marketing, Some(nobody_asked)).await;
    assert_eq!(then.decision.reasons(), [Reason::NoConsent]);
    let then = ask(&scene, Purpose::Marketing, Some(granted)).await;
    assert!(matches!(then.decision, Decision::Allow { .. }), "{then:?}");
    assert_eq!((ids(&then.permission), then.version.number), (vec![2], 1));
    let today = ask(&scene, Purpose::Marketing, None).await;
    assert_eq!(today.decision.reasons()[0], Reason::ChannelRefusal);
    assert_eq!(ids(&today.reasons[0].1), [4, 3], "own and through the address, the later first");
    let own: Vec<bool> = today.reasons[0].1.iter().map(|entry| entry.own).collect();
    assert_eq!(own, [true, false]);
    assert!(today.permission.is_empty());
    let claim = today.reasons.iter().find(|(reason, _)| *reason == Reason::NoConsent);
    assert_eq!(ids(&claim.unwrap().1), [1], "a claim is shown where consent is missing");
    let notice = ask(&scene, Purpose::ContractNotice, None).await;
    assert!(matches!(notice.decision, Decision::Allow { .. }), "refusals do not stop a notice");
}

/// The policy of then decides about then: looser or stricter since makes no difference to the past.
#[tokio::test(flavor = "multi_thread")]
async fn the_policy_of_then_decides_about_then() {
    let scene = Scene::new().await;
    scene.add(1, &crate::expected::Person { address: Some([7; 32]), ..Default::default() }).await;
    let before = now(&scene).await;
    let loosen = |mut tx| async move {
        let mut wanted = store::policy::version_in_force(&mut tx, None).await?.chosen;
        wanted.unset.email = UnsetMeans::RefusalsOnly;
        let changed = store::policy::change(&mut tx, &wanted, "Ada", "a test").await?;
        tx.commit(changed).await
    };
    scene.database.app.scoped(scene.silo, loosen).await.unwrap();
    let told = ask(&scene, Purpose::Marketing, Some(before)).await;
    assert_eq!((told.version.number, told.decision.reasons()), (1, vec![Reason::NoConsent]));
    let told = ask(&scene, Purpose::Marketing, None).await;
    assert_eq!((told.version.number, told.decision.reasons()), (2, vec![]));
}

/// Why the opera's marketing about its topic does not reach somebody who has an address.
fn reasons(stored: &Replayed) -> Vec<Reason> {
    let question = Question {
        purpose: Purpose::Marketing,
        unset_means: UnsetMeans::Explicit,
        retention_months: 36,
        today: today(),
        renewal: None,
    };
    let gate = GateFacts { blocks: stored.gate.blocks.without(Reason::NoAddress), ..stored.gate.clone() };
    decide(&question, &gate, &stored.covering((OrganisationId(4), TopicId(9))), None, Blocks::NONE).reasons()
}

/// Every combination of answers at institution, organisation and topic, through the SQL projection and the replay.
#[tokio::test(flavor = "multi_thread")]
async fn every_combination_of_answers_is_projected_as_it_is_replayed() {
    const SLOTS: [(i32, i32, i16); 6] = [(0, 0, 0), (0, 0, 1), (4, 0, 0), (4, 0, 1), (4, 9, 0), (4, 9, 1)];
    let scene = Scene::new().await;
    // Unset, yes, a yes that has run out, no: for six questions.
    let contacts: i64 = 4_i64.pow(6);
    sqlx::query(
        "WITH people AS (
            INSERT INTO contact (institution_id, contact_id, public_id, source, external_id, kind, roles, bucket, as_of, content_hash)
            OVERRIDING SYSTEM VALUE
            SELECT $1, n, gen_random_uuid(), 'test', n::text, 0, 1, 0, '2000-01-01', 0 FROM generate_series(1, $2) AS n
            RETURNING contact_id
         )
         INSERT INTO consent_record
            (institution_id, contact_id, record_id, organisation_id, topic_id, channel, answer, proof, channels, happened_at, learned_at,
             expires_on, origin, pointer, committed_at, salt)
         SELECT $1, p.contact_id, gen_random_uuid(), s.organisation, s.topic, s.channel, CASE WHEN d.state = 3 THEN 2 ELSE 1 END, 2, 2,
                '1999-12-01', '1999-12-02', CASE WHEN d.state = 2 THEN date '2000-01-01' END, 'test', 'test', '2000-01-01', '\\x00'
         FROM people p
         CROSS JOIN unnest($3::int[], $4::int[], $5::smallint[]) WITH ORDINALITY AS s (organisation, topic, channel, place)
         CROSS JOIN LATERAL (SELECT ((p.contact_id - 1) / (4 ^ (s.place - 1))::bigint) % 4 AS state) AS d
         WHERE d.state > 0",
    )
    .bind(scene.silo.0)
    .bind(contacts)
    .bind(SLOTS.map(|slot| slot.0).to_vec())
    .bind(SLOTS.map(|slot| slot.1).to_vec())
    .bind(SLOTS.map(|slot| slot.2).to_vec())
    .execute(&scene.owner)
    .await
    .unwrap();
    scene.project(&(1..=contacts).collect::<Vec<_>>()).await;
    let permission = scene.permission().await;
    let everybody = move |mut tx| async move {
        let mut replayed = Vec::new();
        for contact in 1..=contacts {
            replayed.push(why::replayed(&mut tx, ContactId(contact), Channel::Email, None).await?);
        }
        tx.commit(replayed).await
    };
    let replayed = scene.database.app.scoped(scene.silo, everybody).await.unwrap();
    let mut outcomes: BTreeMap<Vec<Reason>, usize> = BTreeMap::new();
    for (contact, replayed) in (1..).zip(replayed) {
        let stored = projected(&permission, contact);
        assert_eq!(replayed, stored, "contact {contact}");
        *outcomes.entry(reasons(&stored)).or_default() += 1;
    }
    // Of four answers to each of six questions: three questions are general, three the channel's.
    let (all, without_no) = (4_usize.pow(3), 3_usize.pow(3));
    let with = |reasons: &[Reason]| -> usize {
        outcomes
            .iter()
            .filter(|(found, _)| reasons.iter().all(|reason| found.contains(reason)))
            .map(|(_, number)| number)
            .sum()
    };
    assert_eq!(with(&[Reason::GeneralRefusal]), (all - without_no) * all);
    assert_eq!(with(&[Reason::ChannelRefusal]), (all - without_no) * all);
    // Nobody said no and somebody's yes stands: 3^6 answers without a no, less 2^6 without a yes.
    assert_eq!(outcomes[&Vec::new()], 3_usize.pow(6) - 2_usize.pow(6));
    assert_eq!(outcomes[&vec![Reason::NoConsent]], 1);
    assert_eq!(outcomes[&vec![Reason::ConsentExpired]], 2_usize.pow(6) - 1);
}
