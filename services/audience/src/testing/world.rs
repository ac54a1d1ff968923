//! The names and products of the random world, and the pools that its values come from.

use chrono::NaiveDate;
use chrono_tz::Tz;
use model::ids::{InstitutionId, OccurrenceId, OrganisationId, ProductId, TargetId, TopicId, WordingId};
use model::place::Coordinates;
use model::vocabulary::{CriterionType, IndicatorType};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::catalogue::{
    Catalogue, CriterionDefinition, CriterionId, IndicatorDefinition, IndicatorId, OrganisationRef, PlaceRef,
    ProductRef, SavedTarget,
};
use crate::operators::{Day, Relative};
use crate::sql::Scope;
use crate::tree::Query;

pub(super) const FIRST_NAMES: &[&str] = &[
    "Élodie",
    "E\u{301}lodie",
    "elodie",
    "Zoé",
    "ZOE",
    "Jean",
    "Jean-Luc",
    "İpek",
    "李",
    "Ǆemal",
    "Ann",
    "Anna",
];
pub(super) const LAST_NAMES: &[&str] =
    &["Martin", "martin", "Martín", "Marty", "O'Neil", "Straße", "Strasse", "de la Tour", "Ω", "100%", "a_b"];
pub(super) const CITIES: &[&str] =
    &["Lyon", "LYON", "Lyons-la-Forêt", "Genève", "Geneve", "Liège", "Paris", "Aix"];
pub(super) const EMAILS: &[&str] = &[
    "ada@example.org",
    "ada+x@example.org",
    "bob@example.com",
    "c.d@xn--bcher-kva.example",
    "zoe@example.net",
];
pub(super) const MOBILES: &[&str] = &["+33600000001", "+33600000002", "+41790000003"];
pub(super) const POSTAL_CODES: &[&str] = &["69001", "69002", "6900", "75011", "1204", "B-4000", "b-4000"];
pub(super) const SOURCES: &[&str] = &["ticketing", "ticketing-2", "shop"];
pub(super) const GENDERS: &[&str] = &["female", "male", "other"];
pub(super) const LANGUAGES: &[&str] = &["fr", "fr-BE", "en", "it", "gsw"];
pub(super) const COUNTRIES: &[&str] = &["FR", "CH", "BE"];
pub(super) const PROFESSIONS: &[&str] = &["Teacher", "teacher", "Actrice", "Éclairagiste", "100% retired"];
/// In years.
pub(super) const AGES: &[u32] = &[0, 1, 2, 10, 20, 40, 70];
/// Around the ends that queries name.
pub(super) const BUCKETS: &[i16] = &[0, 1, 999, 1_000, 2_499, 2_500, 4_999, 5_000, 7_500, 9_999];
/// Launches, by their keys.
pub(super) const CAMPAIGNS: &[(&str, i32)] = &[("spring", 1), ("autumn", 2), ("advent", 3)];
/// Static targets.
pub(super) const LISTS: [TargetId; 2] = [TargetId(3), TargetId(4)];
/// Texts that answers were given to, by their ids.
pub(super) const WORDINGS: &[(&str, i32)] = &[("NEWS-1", 1), ("NEWS-2", 2), ("TRACKING-1", 3)];
/// In hundredths.
pub(super) const AMOUNTS: &[i64] = &[-500, 0, 1, 999, 1_000, 1_001, 5_000, 12_050];
/// Of products.
pub(super) const CATEGORIES: &[&str] = &["opera", "Concert"];
/// In percent.
pub(super) const PERCENTS: &[f64] = &[0.0, 0.01, 10.0, 25.0, 50.0, 75.0, 100.0];
/// How postal codes begin.
pub(super) const POSTAL_AREAS: &[&str] = &["69", "690", "69002", "B-", "12", "7"];
/// Postal codes whose place is known, with degrees north and east: Lyon twice, Paris, Geneva, Liège.
const PLACES: &[(&str, &str, f64, f64)] = &[
    ("FR", "69001", 45.769, 4.829),
    ("FR", "69002", 45.752, 4.827),
    ("FR", "75011", 48.859, 2.379),
    ("CH", "1204", 46.204, 6.143),
    ("BE", "B-4000", 50.645, 5.573),
];
/// Around the distances between those places.
pub(super) const KILOMETRES: &[f64] = &[0.0, 1.5, 5.0, 120.0, 350.0, 400.0, 1_000.0];
pub(super) const NUMBERS: &[f64] = &[-1.5, -0.0, 0.0, 1.0, 2.0, 2.5, 3.0, 40.0, 1e9];
pub(super) const GENRES: &[&str] = &["dance", "opera", "Théâtre", "jazz"];

/// An institution as small as a test can have.
#[derive(Clone, Debug)]
pub struct World {
    /// Every name in it.
    pub catalogue: Catalogue,
    /// Its products, with what order lines need to know of them.
    pub products: Vec<WorldProduct>,
    /// The day on which its queries are answered.
    pub today: NaiveDate,
    /// Where its days begin.
    pub zone: Tz,
}

impl World {
    /// What its queries are compiled for.
    #[must_use]
    pub const fn scope(&self, institution: InstitutionId) -> Scope {
        Scope { institution, today: self.today, zone: self.zone }
    }
}

/// One product.
#[derive(Clone, Debug)]
pub struct WorldProduct {
    /// Its key.
    pub id: ProductId,
    /// Its name from outside.
    pub reference: ProductRef,
    /// Who sells it.
    pub organisation: OrganisationId,
    /// The event's day; `None` for an undated product.
    pub event_on: Option<NaiveDate>,
    /// What kind of product it is.
    pub category: Option<&'static str>,
}

impl Default for World {
    /// The world, on the last day of a month that is longer than the one before.
    fn default() -> Self {
        let today = NaiveDate::from_ymd_opt(2000, 3, 31).unwrap_or_default();
        let organisations = [("lyric", 1), ("odeon", 2), ("museum", 3)].map(|(code, id)| {
            (
                OrganisationRef { source: SOURCES[0].to_owned(), external_id: code.to_owned() },
                OrganisationId(id),
            )
        });
        let offsets = [Some(-400), Some(-31), Some(-1), Some(0), Some(1), Some(45), None, None];
        let products: Vec<WorldProduct> = (1_i64..)
            .zip(offsets)
            .map(|(id, offset)| WorldProduct {
                id: ProductId(id),
                reference: ProductRef {
                    source: SOURCES[usize::from(id % 2 == 0)].to_owned(),
                    external_id: format!("P{id}"),
                },
                organisation: OrganisationId(if id % 3 == 0 { 2 } else { 1 }),
                event_on: offset.map(|days| today + chrono::Duration::days(days)),
                category: CATEGORIES.get(usize::from(id % 3 == 0) + usize::from(id % 2 == 0)).copied(),
            })
            .collect();
        let topics = [(0, "news", 1), (1, "jazz", 2), (1, "opera", 3), (2, "jazz", 4)];
        let catalogue = Catalogue {
            criteria: criteria().into_iter().collect(),
            organisations: organisations.into_iter().collect(),
            topics: topics
                .map(|(of, code, id)| ((OrganisationId(of), code.to_owned()), TopicId(id)))
                .into_iter()
                .collect(),
            products: products.iter().map(|product| (product.reference.clone(), product.id)).collect(),
            wordings: WORDINGS
                .iter()
                .map(|(code, id)| {
                    let source = SOURCES[0].to_owned();
                    (OrganisationRef { source, external_id: (*code).to_owned() }, WordingId(*id))
                })
                .collect(),
            campaigns: CAMPAIGNS.iter().map(|(key, id)| ((*key).to_owned(), OccurrenceId(*id))).collect(),
            indicators: indicators().into_iter().collect(),
            places: places().collect(),
            targets: targets().into_iter().collect(),
        };
        Self { catalogue, products, today, zone: Tz::Europe__Paris }
    }
}

fn criteria() -> [(String, CriterionDefinition); 6] {
    let genres = || GENRES.iter().map(|genre| (*genre).to_owned()).collect();
    [
        ("profession", 1, CriterionType::Text, Vec::new()),
        ("household", 2, CriterionType::Number, Vec::new()),
        ("member_since", 3, CriterionType::Date, Vec::new()),
        ("accessible", 4, CriterionType::YesNo, Vec::new()),
        ("favourite", 5, CriterionType::OneOf, genres()),
        ("interests", 6, CriterionType::SeveralOf, genres()),
    ]
    .map(|(code, id, value_type, choices)| {
        (code.to_owned(), CriterionDefinition { id: CriterionId(id), value_type, choices })
    })
}

fn indicators() -> [(String, IndicatorDefinition); 3] {
    [
        ("lifetime", 1, IndicatorType::Number),
        ("next_visit", 2, IndicatorType::Date),
        ("segment", 3, IndicatorType::Text),
    ]
    .map(|(code, id, value_type)| (code.to_owned(), IndicatorDefinition { id: IndicatorId(id), value_type }))
}

fn places() -> impl Iterator<Item = (PlaceRef, Coordinates)> {
    PLACES.iter().map(|(country, postal_code, latitude, longitude)| {
        let place = PlaceRef { country: (*country).to_owned(), postal_code: (*postal_code).to_owned() };
        (place, Coordinates { latitude: *latitude, longitude: *longitude })
    })
}

/// Two frozen lists, and two queries of which one names the other and a list.
#[expect(clippy::expect_used, reason = "the queries are part of this file")]
fn targets() -> [(String, SavedTarget); 4] {
    let dynamic = |json: Value| SavedTarget::Dynamic(Query::from_value(json).expect("a query of this file"));
    let active = dynamic(json!({"any": [
        {"leaf": "recency", "after": {"months_ago": 12}},
        {"leaf": "activity", "kinds": ["sale"], "count": {"at_least": 2}},
    ]}));
    let invited = dynamic(json!({"all": [
        {"leaf": "identity", "field": "city", "not_equals": "Paris"},
        {"any": [{"leaf": "membership", "in": "active"}, {"leaf": "membership", "not_in": "guests"}]},
    ]}));
    [
        ("active", active),
        ("invited", invited),
        ("guests", SavedTarget::Static(LISTS[0])),
        ("press", SavedTarget::Static(LISTS[1])),
    ]
    .map(|(code, target)| (code.to_owned(), target))
}

/// A day that queries are likely to name, so that their ends are hit, or one near it.
pub(super) fn day(today: NaiveDate) -> impl Strategy<Value = NaiveDate> + Clone {
    let named = relative().prop_map(move |relative| Day::Relative(relative).on(today));
    prop_oneof![
        2 => named.clone(),
        2 => (named, -1_i64..=1).prop_map(|(day, near)| day + chrono::Duration::days(near)),
        1 => (-1500_i64..400).prop_map(move |days| today + chrono::Duration::days(days)),
    ]
}

/// A relative day, mostly in the past.
pub(super) fn relative() -> impl Strategy<Value = Relative> + Clone {
    prop_oneof![
        4 => select(vec![1_u32, 2, 3, 6, 12, 13, 24, 36]).prop_map(Relative::MonthsAgo),
        2 => select(vec![0_u32, 1, 30, 31, 365, 1000]).prop_map(Relative::DaysAgo),
        1 => select(vec![1_u32, 11]).prop_map(Relative::MonthsAhead),
        1 => select(vec![1_u32, 45]).prop_map(Relative::DaysAhead),
    ]
}

/// One of a pool.
pub(super) fn one_of(pool: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(pool).prop_map(str::to_owned)
}
