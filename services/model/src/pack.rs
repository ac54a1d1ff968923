//! What the law of a country fixes, as data: limits that an institution may tighten and never loosen (LA-40).
//!
//! A pack is a JSON file under `packs/`: its versions, each with the day from which it holds, and beside every value the law
//! or the requirement that it comes from. Adding a country is adding a file and its line in `FILES`; a change of the
//! law is a version more, never an edit of an old one, so that the law of a past day can still be told. What no source states is
//! left out, and is then the stricter choice or absent; it is never guessed.

mod holiday;
mod window;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::vocabulary::{Channel, UnsetMeans};

pub use crate::vocabulary::ClickTracking;
pub use holiday::{Holiday, easter};
pub use window::SmsWindow;

const FILES: [&str; 5] = [
    include_str!("../packs/be.json"),
    include_str!("../packs/ch.json"),
    include_str!("../packs/fr.json"),
    include_str!("../packs/it.json"),
    include_str!("../packs/qc.json"),
];

/// By code. A file that does not read is missing here, and a test says so.
static COUNTRIES: LazyLock<BTreeMap<String, Country>> = LazyLock::new(|| {
    let read = FILES.iter().filter_map(|text| serde_json::from_str::<Country>(text).ok());
    read.map(|country| (country.code.clone(), country)).collect()
});

/// One file: a country, or a province with a law of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Country {
    code: String,
    #[expect(dead_code, reason = "for readers of the file")]
    name: String,
    versions: Vec<Pack>,
}

/// A value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated<T> {
    /// What is fixed.
    pub value: T,
    /// The article of a law, a requirement of the standards, or why there is neither.
    pub source: String,
}

/// One value for each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct PerChannel<T> {
    /// Electronic mail.
    pub email: T,
    /// Text message.
    pub sms: T,
    /// Voice call.
    pub phone: T,
    /// Letter.
    pub post: T,
}

impl<T> PerChannel<T> {
    /// The value of one channel.
    #[must_use]
    pub const fn get(&self, channel: Channel) -> &T {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.sms,
            Channel::Phone => &self.phone,
            Channel::Post => &self.post,
        }
    }

    /// What `make` says of each channel.
    pub fn of(make: impl Fn(Channel) -> T) -> Self {
        Self {
            email: make(Channel::Email),
            sms: make(Channel::Sms),
            phone: make(Channel::Phone),
            post: make(Channel::Post),
        }
    }
}

/// What a sale must have come with before it speaks for marketing (LA-22). The evidence that the product asks for, a sale with the
/// opt-out wording that was shown, holds the first two; messages carry the third; the organisation that sold is the one that sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoftOptIn {
    /// For the seller's own, similar products only.
    OwnSimilarProducts,
    /// The way to refuse was offered when the address was taken.
    OptOutAtCollection,
    /// And is offered again in each message.
    OptOutInEachMessage,
    /// An account alone is no sale.
    SaleNotAccount,
}

/// The law of one country from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// ISO 3166 code of the country; `QC` for Québec.
    #[serde(skip)]
    pub code: String,
    /// First day on which this version holds.
    pub valid_from: NaiveDate,
    /// What came into force on that day.
    pub source: String,
    /// The longest that an inactive contact may be kept, in months.
    pub retention_months: Stated<u32>,
    /// The age from which a person consents alone, in years.
    pub consent_age: Stated<u8>,
    /// What unset may mean for marketing; `explicit` is always among it.
    pub unset: PerChannel<Stated<Vec<UnsetMeans>>>,
    /// The conditions of `soft_opt_in`; `None` where no channel allows it.
    pub soft_opt_in: Option<Stated<Vec<SoftOptIn>>>,
    /// What holds for click tracking when the institution chooses nothing.
    pub click_tracking: Stated<ClickTracking>,
    /// What the institution may choose.
    pub click_tracking_allowed: Stated<Vec<ClickTracking>>,
    /// When marketing texts may be submitted, in the recipient's local time; `None`: no source states it.
    pub sms_window: Option<Stated<SmsWindow>>,
    /// Words at the start of a text that refuse it (SM-30); compared without case, accents and punctuation.
    pub stop_words: Stated<Vec<String>>,
    /// Public holidays, those of regions included: where a region is unknown, all of them are quiet (TI-09).
    pub holidays: Stated<Vec<Holiday>>,
}

impl Pack {
    /// The version of a country's pack that is in force on a day, or `None` when there is no such country.
    ///
    /// On a day before the first version that is the first: earlier law is not on file, and a clock that stands there belongs to a
    /// demonstration or a test.
    #[must_use]
    pub fn find(code: &str, on: NaiveDate) -> Option<Self> {
        let country = COUNTRIES.get(code)?;
        let in_force = country.versions.iter().rfind(|version| version.valid_from <= on);
        let version = in_force.or_else(|| country.versions.first())?;
        Some(Self { code: country.code.clone(), ..version.clone() })
    }

    /// The codes of all packs, in their order.
    pub fn codes() -> impl Iterator<Item = &'static str> {
        COUNTRIES.keys().map(String::as_str)
    }

    /// What a choice of unset comes to under this pack: itself where it is allowed, else the next stricter that is.
    #[must_use]
    pub fn cap(&self, channel: Channel, chosen: UnsetMeans) -> UnsetMeans {
        let allowed = &self.unset.get(channel).value;
        let mut as_strict = UnsetMeans::ALL.iter().copied().filter(|means| *means >= chosen);
        as_strict.find(|means| allowed.contains(means)).unwrap_or(UnsetMeans::Explicit)
    }

    /// The holiday on a day, by its name.
    #[must_use]
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        self.holidays.value.iter().find(|holiday| holiday.falls_on(day)).map(Holiday::name)
    }
}
