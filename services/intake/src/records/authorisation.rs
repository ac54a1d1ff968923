//! Answers to "may we contact you", and to what else may be done with data.
//!
//! A row is a *state snapshot*, which can only restrict, or a complete *consent event* of a collection point, which may
//! grant (LA-26; design, section 5). Files are never a way to lose a refusal: a row that says no is taken as soon as it
//! is clear whom and what it refuses, whatever else of it cannot be read, and one that cannot be taken says so.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use model::vocabulary::{Answer, Asked, Channel, DataUse};
use serde::{Deserialize, Serialize};

use crate::canonical::Canonical;
use crate::column::columns;
use crate::{Column, ExternalId, Fields, Flaw, Kind, Record, Rejected, value};

columns! {
    Contact required "contact", "whose answer it is", "C-1001";
    Organisation optional "organisation", "towards whom; empty: the whole institution", "OPERA";
    Topic optional "topic", "the newsletter or series; empty: every topic", "jazz_letter";
    Channel required "channel", "general; email, sms, phone or post; open_tracking, click_tracking, profiling or transmission", "email";
    Answer required "answer", "yes, no or unset", "yes";
    HappenedAt optional "happened_at", "when the person answered", "2025-11-03T18:04:05+01:00";
    Wording optional "wording", "the wording that the person answered", "NEWSLETTER-2026-1";
    CollectionPoint optional "collection_point", "where the person answered", "WEB-SIGNUP";
    FormId optional "form_id", "the filled form in the source's records", "F-33812";
}

/// One answer of one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// Whose answer it is.
    pub contact: ExternalId,
    /// Towards whom; `None` for the whole institution.
    pub organisation: Option<ExternalId>,
    /// The newsletter or series by its code; `None` for every topic.
    pub topic: Option<String>,
    /// What the question covered.
    pub scope: Scope,
    /// The answer.
    pub answer: Answer,
    /// What stands behind it.
    pub evidence: Evidence,
}

/// What a question covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All channels; a yes counts for those that its wording names.
    General,
    /// One channel.
    Channel(Channel),
    /// Something else than being contacted.
    Use(DataUse),
}

/// The pointers behind an answer, as far as the source gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When the person answered.
    pub happened_at: Option<DateTime<Utc>>,
    /// The wording that the person answered.
    pub wording: Option<ExternalId>,
    /// Where the person answered.
    pub collection_point: Option<ExternalId>,
    /// The filled form in the source's records.
    pub form_id: Option<ExternalId>,
}

/// A complete consent event (CO-03). Whether its collection point and wording are registered is for the store to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentEvent<'a> {
    /// When the person answered.
    pub happened_at: DateTime<Utc>,
    /// The wording that the person answered.
    pub wording: &'a ExternalId,
    /// Where the person answered.
    pub collection_point: &'a ExternalId,
    /// The filled form in the source's records.
    pub form_id: &'a ExternalId,
}

/// What a row can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<'a> {
    /// A no, valid however it arrives. It was given at the instant, or at the latest when the row was true.
    Refusal(Option<DateTime<Utc>>),
    /// A yes with its event, which may follow and outweigh an older no.
    Grant(ConsentEvent<'a>),
    /// A yes without a complete event: kept, grants nothing.
    Claim,
    /// Nobody asked or nobody answered: changes nothing, and lifts no refusal.
    Nothing,
}

impl Authorisation {
    /// What this row can do (LA-26).
    #[must_use]
    pub fn reading(&self) -> Reading<'_> {
        match self.answer {
            Answer::No => Reading::Refusal(self.evidence.happened_at),
            Answer::Yes => self.evidence.event().map_or(Reading::Claim, Reading::Grant),
            Answer::Unset => Reading::Nothing,
        }
    }
}

impl Evidence {
    fn event(&self) -> Option<ConsentEvent<'_>> {
        Some(ConsentEvent {
            happened_at: self.happened_at?,
            wording: self.wording.as_ref()?,
            collection_point: self.collection_point.as_ref()?,
            form_id: self.form_id.as_ref()?,
        })
    }
}

impl Record for Authorisation {
    const KIND: Kind = Kind::Authorisations;
    const COLUMNS: &'static [Column] = COLUMNS;

    fn parse(fields: &mut Fields<'_>) -> Result<Self, Rejected> {
        let contact = fields.required(Col::Contact, ExternalId::parse);
        let organisation = fields.optional(Col::Organisation, ExternalId::parse);
        let topic = fields.optional(Col::Topic, value::code);
        let scope = fields.required(Col::Channel, scope);
        let answer = fields.required(Col::Answer, value::word);
        let evidence = match answer {
            Ok(Answer::No) => Ok(evidence_of_refusal(fields)),
            Ok(Answer::Yes | Answer::Unset) | Err(_) => evidence(fields),
        };
        if matches!(answer, Ok(Answer::No)) && fields.is_rejected() {
            fields.contradicts(
                Col::Answer,
                "the row says no, and this refusal was NOT taken",
                "record it by hand today, or correct the row and import it at once",
            );
        }
        let authorisation = Self {
            contact: contact?,
            organisation: organisation?,
            topic: topic?,
            scope: scope?,
            answer: answer?,
            evidence: evidence?,
        };
        if authorisation.answer == Answer::Unset && authorisation.evidence != Evidence::default() {
            return Err(fields.contradicts(
                Col::Answer,
                "nobody answers 'unset', and the row tells when, where or how somebody did",
                "write yes or no, or leave the evidence empty",
            ));
        }
        fields.accept(authorisation)
    }

    /// Each row is a piece of evidence of its own: a later no is never the repetition of an earlier yes.
    fn key(&self) -> Option<(&'static str, Cow<'_, str>)> {
        None
    }
}

fn evidence(fields: &mut Fields<'_>) -> Result<Evidence, Rejected> {
    let happened_at = fields.optional(Col::HappenedAt, fields.past_instant());
    let wording = fields.optional(Col::Wording, ExternalId::parse);
    let collection_point = fields.optional(Col::CollectionPoint, ExternalId::parse);
    let form_id = fields.optional(Col::FormId, ExternalId::parse);
    Ok(Evidence {
        happened_at: happened_at?,
        wording: wording?,
        collection_point: collection_point?,
        form_id: form_id?,
    })
}

fn evidence_of_refusal(fields: &mut Fields<'_>) -> Evidence {
    Evidence {
        happened_at: fields.if_readable(Col::HappenedAt, fields.past_instant()),
        wording: fields.if_readable(Col::Wording, ExternalId::parse),
        collection_point: fields.if_readable(Col::CollectionPoint, ExternalId::parse),
        form_id: fields.if_readable(Col::FormId, ExternalId::parse),
    }
}

fn scope(text: &str) -> Result<Scope, Flaw> {
    if model::text::normalise_text(text) == "general" {
        return Ok(Scope::General);
    }
    value::word(text)
        .map(|asked| match asked {
            Asked::General => Scope::General,
            Asked::Channel(channel) => Scope::Channel(channel),
            Asked::Use(data_use) => Scope::Use(data_use),
        })
        .map_err(|flaw| Flaw { remedy: format!("{}, general", flaw.remedy).into(), ..flaw })
}

impl Canonical for Scope {
    fn write_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Self::General => b"general",
            Self::Channel(channel) => channel.word().as_bytes(),
            Self::Use(data_use) => data_use.word().as_bytes(),
        });
    }
}
