//! A refusal follows the address that it came through, and whoever holds it, now and later (design, section 5).

use chrono::{DateTime, TimeDelta, Utc};
use model::ids::{ContactId, OrganisationId, TopicId};
use model::permission::{Blocks, Reason};
use model::vocabulary::{Answer, Channel, Proof};
use store::refusal::Refusal;
use uuid::Uuid;

use crate::expected::{Hash, Person, Record, Scope};
use crate::scene::Scene;

const SHARED: Hash = [5; 32];
const OTHER: Hash = [6; 32];

fn noon() -> DateTime<Utc> {
    crate::act::today().and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn record(id: u128, answer: Answer, channel: Option<Channel>, scope: Scope, at: DateTime<Utc>) -> Record {
    let (proof, channels) = (Proof::Proven, Vec::new());
    Record {
        id: Uuid::from_u128(id),
        scope,
        asked: channel.into(),
        answer,
        proof,
        channels,
        at,
        expires_on: None,
    }
}

fn refusal(id: u128, channel: Option<Channel>, scope: Scope) -> Record {
    record(id, Answer::No, channel, scope, noon())
}

/// Contacts 1 and 2 share an address, 3 has another.
async fn scene() -> Scene {
    let scene = Scene::new().await;
    for (contact, address) in [(1, SHARED), (2, SHARED), (3, OTHER)] {
        scene.add(contact, &Person { address: Some(address), ..Person::default() }).await;
        let yes =
            record(contact as u128, Answer::Yes, Some(Channel::Email), (0, 0), noon() - TimeDelta::hours(1));
        scene.say(contact, &yes).await;
    }
    scene
}

async fn blocks(scene: &Scene) -> Vec<Blocks> {
    scene.permission().await.gates.values().map(|gate| gate.blocks).collect()
}

async fn scope_blocks(scene: &Scene, scope: Scope) -> Vec<i64> {
    let permission = scene.permission().await;
    let blocked = permission
        .scopes
        .iter()
        .filter(|((_, of), gate)| *of == scope && gate.blocks == Reason::ChannelRefusal.bit());
    blocked.map(|((contact, _), _)| *contact).collect()
}

#[tokio::test]
async fn a_refusal_through_an_address_blocks_everybody_who_has_it() {
    let scene = scene().await;
    scene.refuse(1, &refusal(10, Some(Channel::Email), (0, 0)), Some(SHARED)).await;
    let refused = Reason::ChannelRefusal.bit();
    assert_eq!(blocks(&scene).await, [refused, refused, Blocks::NONE]);
    // And whoever takes it later; who leaves it is free, but for an answer of their own.
    scene.give_address(3, Some(SHARED)).await;
    scene.give_address(2, Some(OTHER)).await;
    scene.give_address(1, Some(OTHER)).await;
    assert_eq!(blocks(&scene).await, [refused, Blocks::NONE, refused]);
    assert_eq!(scene.differences().await, 0);
}

#[tokio::test]
async fn a_refusal_for_one_organisation_stays_there_for_every_holder() {
    let scene = scene().await;
    scene.refuse(1, &refusal(10, Some(Channel::Email), (4, 0)), Some(SHARED)).await;
    assert_eq!(blocks(&scene).await, [Blocks::NONE; 3]);
    assert_eq!(scope_blocks(&scene, (4, 0)).await, [1, 2]);
    scene.give_address(3, Some(SHARED)).await;
    assert_eq!(scope_blocks(&scene, (4, 0)).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_later_yes_lifts_the_own_answer_and_not_the_addresss() {
    let scene = scene().await;
    scene.refuse(1, &refusal(10, Some(Channel::Email), (0, 0)), Some(SHARED)).await;
    let yes = |id, contact: i64| {
        (contact, record(id, Answer::Yes, Some(Channel::Email), (0, 0), noon() + TimeDelta::hours(1)))
    };
    for (contact, yes) in [yes(20, 1), yes(21, 2)] {
        scene.say(contact, &yes).await;
    }
    let own: Vec<Answer> =
        scene.permission().await.answers.values().map(|standing| standing.answer).collect();
    assert_eq!(own, [Answer::Yes; 3], "each contact's own answer");
    let refused = Reason::ChannelRefusal.bit();
    assert_eq!(blocks(&scene).await, [refused, refused, Blocks::NONE], "the address still refuses");
    // At another address the yes counts.
    scene.give_address(1, Some(OTHER)).await;
    assert_eq!(blocks(&scene).await, [Blocks::NONE, refused, Blocks::NONE]);
    assert_eq!(scene.differences().await, 0);
}

#[tokio::test]
async fn what_is_refused_on_another_channel_says_nothing_about_the_address() {
    let scene = scene().await;
    scene.refuse(1, &refusal(10, Some(Channel::Sms), (0, 0)), Some(SHARED)).await;
    assert_eq!(blocks(&scene).await, [Blocks::NONE; 3], "email was not refused");
    let answers = scene.permission().await.answers;
    assert_eq!(answers[&(1, (0, 0), Channel::Sms.number())].answer, Answer::No);
    // A refusal of everything is one of this channel too.
    scene.refuse(1, &refusal(11, None, (0, 0)), Some(SHARED)).await;
    let refused = Reason::GeneralRefusal.bit();
    assert_eq!(blocks(&scene).await, [refused, refused, Blocks::NONE]);
}

#[tokio::test]
async fn a_refusal_through_an_address_that_nobody_has_waits_for_its_holder() {
    let scene = scene().await;
    let unknown = [7; 32];
    scene.refuse(1, &refusal(10, Some(Channel::Email), (0, 0)), Some(unknown)).await;
    let refused = Reason::ChannelRefusal.bit();
    assert_eq!(blocks(&scene).await, [refused, Blocks::NONE, Blocks::NONE]);
    scene.give_address(3, Some(unknown)).await;
    assert_eq!(blocks(&scene).await, [refused, Blocks::NONE, refused]);
}

#[tokio::test]
async fn a_refusal_now_is_later_than_any_answer_on_file() {
    let scene = scene().await;
    scene.database.set_business_clock(noon()).await;
    let now = Refusal {
        contact: ContactId(1),
        organisation: OrganisationId::WHOLE_INSTITUTION,
        topic: TopicId::NONE,
        channel: None,
        happened_at: None,
        through: None,
        origin: "operator".to_owned(),
        pointer: "counter".to_owned(),
        record_id: Uuid::from_u128(10),
        salt: [9; 16],
    };
    scene.database.app.refuse(scene.silo, now).await.unwrap();
    let answers = scene.permission().await.answers;
    let at = answers[&(1, (0, 0), 0)].at;
    assert!(at >= noon() && at < noon() + TimeDelta::minutes(10), "{at} is the business clock's now");
    // A spooled refusal that is older than a proven yes does not undo it; one at the same instant does.
    let older = record(11, Answer::No, Some(Channel::Email), (0, 0), noon() - TimeDelta::hours(2));
    scene.refuse(3, &older, None).await;
    assert_eq!(blocks(&scene).await[2], Blocks::NONE);
    let same = record(12, Answer::No, Some(Channel::Email), (0, 0), noon() - TimeDelta::hours(1));
    scene.refuse(3, &same, None).await;
    assert_eq!(blocks(&scene).await[2], Reason::ChannelRefusal.bit());
}
