//! Random contacts, with every value missing now and then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use model::ids::{ContactId, OccurrenceId, OrganisationId, TopicId, WordingId};
use model::score::{RANGE, Scores};
use model::vocabulary::{
    ActivityKind, Asked, ContactKind, ContactRole, CriterionType, HolderRole, IndicatorType, LineState,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{self, World, day, one_of};
use crate::catalogue::{IndicatorDefinition, IndicatorId, PlaceRef};
use crate::facts::{
    ActivityFact, AnswerFact, AnswerScope, ContactFacts, CriterionFact, IdentityFacts, IndicatorFact,
    MessageFact, OrderLineFact,
};

/// How often a value is there.
const PRESENT: f64 = 0.75;

/// Everything about the contact with this key, whose external id is unique by it.
pub fn contact(world: &World, contact: ContactId) -> impl Strategy<Value = ContactFacts> + use<> {
    let places = world.catalogue.places.clone();
    let lists = subsequence(world::LISTS.to_vec(), 0..=world::LISTS.len());
    (
        (select(world::BUCKETS), identity(world, contact), lists, weighted(PRESENT, scores())),
        (criteria(world), indicators(world)),
        btree_map(answer_scope(), answer(world), 0..16),
        weighted(PRESENT, day(world.today)),
        vec(activity(world), 0..7),
        (vec(order_line(world), 0..4), messages(world)),
    )
        .prop_map(
            move |(
                (bucket, identity, lists, scores),
                (criteria, indicators),
                authorisations,
                recency,
                activities,
                (order_lines, messages),
            )| {
                let lives_at = identity.country.clone().zip(identity.postal_code.clone());
                let coordinates = lives_at.and_then(|(country, postal_code)| {
                    places.get(&PlaceRef { country, postal_code }).copied()
                });
                ContactFacts {
                    contact,
                    bucket,
                    identity,
                    criteria,
                    indicators,
                    coordinates,
                    scores,
                    lists: lists.into_iter().collect(),
                    authorisations,
                    recency,
                    activities,
                    order_lines,
                    messages,
                }
            },
        )
}

fn text(pool: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    weighted(PRESENT, one_of(pool))
}

/// Somewhere around a birthday that queries ask about.
fn born(today: NaiveDate) -> impl Strategy<Value = NaiveDate> {
    (day(today), select(world::AGES)).prop_map(|(day, age)| day - Months::new(12 * age))
}

fn identity(world: &World, contact: ContactId) -> impl Strategy<Value = IdentityFacts> + use<> {
    let names =
        (text(world::FIRST_NAMES), text(world::LAST_NAMES), text(world::CITIES), text(world::POSTAL_CODES));
    let addresses = (text(world::EMAILS), text(world::MOBILES));
    let codes = (text(world::GENDERS), text(world::LANGUAGES), text(world::COUNTRIES));
    let days = (weighted(PRESENT, born(world.today)), weighted(PRESENT, day(world.today)));
    let kind = select(ContactKind::ALL);
    let roles = btree_set(select(ContactRole::ALL), 0..3);
    (names, addresses, codes, days, kind, roles, one_of(world::SOURCES)).prop_map(
        move |(
            (first, last, city, postal_code),
            (email, mobile),
            (gender, language, country),
            days,
            kind,
            roles,
            source,
        )| {
            IdentityFacts {
                source,
                external_id: format!("K{:05}", contact.0),
                kind,
                roles,
                first_name: first,
                last_name: last,
                birth_date: days.0,
                gender,
                language,
                email,
                mobile,
                postal_code,
                city,
                country,
                created_on: days.1,
            }
        },
    )
}

fn criteria(world: &World) -> impl Strategy<Value = BTreeMap<crate::CriterionId, CriterionFact>> + use<> {
    let today = world.today;
    let definitions: Vec<_> =
        world.catalogue.criteria.values().map(|criterion| (criterion.id, criterion.value_type)).collect();
    let values: Vec<_> = definitions
        .into_iter()
        .map(move |(id, value_type)| {
            let value = match value_type {
                CriterionType::Text => one_of(world::PROFESSIONS).prop_map(CriterionFact::Text).boxed(),
                CriterionType::Number => select(world::NUMBERS).prop_map(CriterionFact::Number).boxed(),
                CriterionType::Date => day(today).prop_map(CriterionFact::Date).boxed(),
                CriterionType::YesNo => any::<bool>().prop_map(CriterionFact::YesNo).boxed(),
                CriterionType::OneOf => one_of(world::GENRES)
                    .prop_map(|code| CriterionFact::Codes(BTreeSet::from([code])))
                    .boxed(),
                CriterionType::SeveralOf => {
                    btree_set(one_of(world::GENRES), 1..4).prop_map(CriterionFact::Codes).boxed()
                }
            };
            weighted(PRESENT, value).prop_map(move |value| value.map(|value| (id, value)))
        })
        .collect();
    values.prop_map(|values| values.into_iter().flatten().collect())
}

fn indicators(
    world: &World,
) -> impl Strategy<Value = BTreeMap<(IndicatorId, OrganisationId), IndicatorFact>> + use<> {
    let today = world.today;
    let definitions: Vec<_> = world.catalogue.indicators.values().cloned().collect();
    let values: Vec<_> = definitions
        .into_iter()
        .flat_map(|definition| (0..3).map(move |organisation| (definition.clone(), organisation)))
        .map(move |(IndicatorDefinition { id, value_type }, organisation)| {
            let value = match value_type {
                IndicatorType::Number => select(world::NUMBERS).prop_map(IndicatorFact::Number).boxed(),
                IndicatorType::Date => day(today).prop_map(IndicatorFact::Date).boxed(),
                IndicatorType::Text => one_of(world::PROFESSIONS).prop_map(IndicatorFact::Text).boxed(),
            };
            let key = (id, OrganisationId(organisation));
            weighted(PRESENT, value).prop_map(move |value| value.map(|value| (key, value)))
        })
        .collect();
    values.prop_map(|values| values.into_iter().flatten().collect())
}

fn scores() -> impl Strategy<Value = Scores> {
    let score = || RANGE;
    (score(), score(), score()).prop_map(|(recency, frequency, monetary)| Scores {
        recency,
        frequency,
        monetary,
    })
}

fn answer_scope() -> impl Strategy<Value = AnswerScope> {
    let scope = select(vec![(0, 0), (0, 0), (1, 0), (1, 0), (2, 0), (0, 1), (1, 2), (1, 3), (2, 4)]);
    let asked: Vec<Asked> = Asked::all().collect();
    (scope, select(asked)).prop_map(|((organisation, topic), asked)| AnswerScope {
        organisation: OrganisationId(organisation),
        topic: TopicId(topic),
        asked,
    })
}

fn answer(world: &World) -> impl Strategy<Value = AnswerFact> + use<> {
    let wordings: Vec<WordingId> = world.catalogue.wordings.values().copied().collect();
    let wording = weighted(PRESENT, select(wordings));
    (any::<bool>(), weighted(0.5, day(world.today)), day(world.today), wording)
        .prop_map(|(yes, expires_on, given_on, wording)| AnswerFact { yes, expires_on, given_on, wording })
}

fn activity(world: &World) -> impl Strategy<Value = ActivityFact> + use<> {
    let kind = prop_oneof![
        2 => select(vec![ActivityKind::Sale, ActivityKind::Reservation, ActivityKind::Click]),
        1 => select(ActivityKind::ALL),
    ];
    let product = weighted(0.5, select(world.products.clone()));
    let amount = weighted(PRESENT, select(world::AMOUNTS));
    let counts_on = weighted(PRESENT, day(world.today));
    (0..4, kind, select(HolderRole::ALL), product, amount, day(world.today), counts_on).prop_map(
        |(organisation, kind, role, product, amount, happened_on, counts_on)| ActivityFact {
            organisation: OrganisationId(organisation),
            kind,
            role,
            category: product.as_ref().and_then(|product| product.category).map(str::to_owned),
            product: product.map(|product| product.id),
            amount,
            happened_on,
            counts_on,
        },
    )
}

/// One message of each launch at most, as the ledger has it.
fn messages(world: &World) -> impl Strategy<Value = Vec<MessageFact>> + use<> {
    let days = move |today| (day(today), btree_set(day(today), 0..3), any::<bool>());
    let of_launch: Vec<_> = world::CAMPAIGNS
        .iter()
        .map(|(_, id)| {
            let occurrence = OccurrenceId(*id);
            weighted(0.5, days(world.today)).prop_map(move |message| {
                message.map(|(on, clicked_on, bounced)| MessageFact {
                    occurrence,
                    received_on: (!bounced).then_some(on),
                    bounced_on: bounced.then_some(on),
                    clicked_on: if bounced { BTreeSet::new() } else { clicked_on },
                })
            })
        })
        .collect();
    of_launch.prop_map(|messages| messages.into_iter().flatten().collect())
}

fn order_line(world: &World) -> impl Strategy<Value = OrderLineFact> + use<> {
    let what = (select(HolderRole::ALL), select(LineState::ALL));
    (select(world.products.clone()), what, day(world.today)).prop_map(
        |(product, (role, state), ordered_on)| OrderLineFact {
            role,
            organisation: product.organisation,
            product: product.id,
            category: product.category.map(str::to_owned),
            ordered_on,
            event_on: product.event_on,
            state,
        },
    )
}
