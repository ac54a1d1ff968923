//! `{"leaf": "authorisation", "question": "email", "organisation": "lyric", "answer": "yes"}`: one recorded answer.
//!
//! It asks for the answer at exactly one scope, as recorded: the institution's when no organisation is named, one
//! topic's when a topic is. It does not ask whether the contact may be contacted, which combines all scopes and more, and
//! which the launch decides. The four answers are exclusive, one of them is true for every contact, and the
//! leaf is never unknown:
//!
//! * `no`: refused;
//! * `yes`: granted, and its last day is not over;
//! * `expired`: granted, and its last day is over;
//! * `unset`: nothing on record.
//!
//! `given` restricts the first three to answers that were given on certain days, `wording` to answers to one version of a text; what
//! was given on another day or to another text is then as false as another answer.
//!
//! A question is the general one, a channel's, or one about a use of data, which no other answer speaks for.

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::{OrganisationId, TopicId, WordingId};
use model::vocabulary::{Answer, Asked, Channel, DataUse};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::{Deserialize, Serialize};

use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::explain::{Judgement, Seen};
use crate::facts::{AnswerFact, AnswerScope, ContactFacts};
use crate::json::Fields;
use crate::operators::Window;
use crate::operators::asked::ValueTest;
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};

/// A question about an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authorisation {
    /// Which question was answered.
    pub question: Question,
    /// The code of the organisation that asked; the institution when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The code of a topic in that scope; no topic when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The answer that is asked for.
    pub answer: Recorded,
    /// The days on which it was given; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Window>,
    /// The id of the wording that it was given to, its version included; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
}

/// What a contact was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Whether at all.
    General,
    /// Whether by electronic mail.
    Email,
    /// Whether by text message.
    Sms,
    /// Whether by voice call.
    Phone,
    /// Whether by letter.
    Post,
    /// Whether opening a message may be recorded.
    OpenTracking,
    /// Whether following a link may be recorded.
    ClickTracking,
    /// Whether scores may be computed.
    Profiling,
    /// Whether data may go to third parties.
    Transmission,
}

/// What stands on record on a given day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// Granted, and still valid.
    Yes,
    /// Refused.
    No,
    /// Nothing.
    Unset,
    /// Granted, and no longer valid.
    Expired,
}

impl Question {
    /// As the evidence knows it.
    #[must_use]
    pub const fn asked(self) -> Asked {
        match self {
            Self::General => Asked::General,
            Self::Email => Asked::Channel(Channel::Email),
            Self::Sms => Asked::Channel(Channel::Sms),
            Self::Phone => Asked::Channel(Channel::Phone),
            Self::Post => Asked::Channel(Channel::Post),
            Self::OpenTracking => Asked::Use(DataUse::OpenTracking),
            Self::ClickTracking => Asked::Use(DataUse::ClickTracking),
            Self::Profiling => Asked::Use(DataUse::Profiling),
            Self::Transmission => Asked::Use(DataUse::Transmission),
        }
    }
}

impl Recorded {
    const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unset => "unset",
            Self::Expired => "expired",
        }
    }

    fn of(fact: Option<&AnswerFact>, today: NaiveDate) -> Self {
        match fact {
            None => Self::Unset,
            Some(AnswerFact { yes: false, .. }) => Self::No,
            Some(AnswerFact { yes: true, expires_on, .. }) if expires_on.is_some_and(|last| last < today) => {
                Self::Expired
            }
            Some(AnswerFact { yes: true, .. }) => Self::Yes,
        }
    }
}

impl Authorisation {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        let leaf = Self {
            question: fields.required("question")?,
            organisation: fields.optional("organisation")?,
            topic: fields.optional("topic")?,
            answer: fields.required("answer")?,
            given: fields.optional("given")?,
            wording: fields.optional("wording")?,
        };
        fields.finish()?;
        Ok(leaf)
    }
}

impl LeafForm for Authorisation {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let organisation = match &self.organisation {
            None => OrganisationId::WHOLE_INSTITUTION,
            Some(code) => catalogue.organisation(code)?,
        };
        let topic = match &self.topic {
            None => TopicId::NONE,
            Some(code) => catalogue.topic(organisation, code)?,
        };
        let filter = [("given", self.given.is_some()), ("wording", self.wording.is_some())];
        if let Some((filter, _)) = filter.iter().find(|(_, used)| *used && self.answer == Recorded::Unset) {
            return Err(format!(
                "an answer that is unset was never given; remove `{filter}`, or ask for another answer"
            ));
        }
        let asked = AnswerScope { organisation, topic, asked: self.question.asked() };
        let given = self.given.as_ref().map(Window::check).transpose()?;
        let wording = self.wording.as_deref().map(|name| catalogue.wording(name)).transpose()?;
        Ok(Arc::new(AnswerLeaf { asked, answer: self.answer, given, wording }))
    }
}

#[derive(Debug)]
struct AnswerLeaf {
    asked: AnswerScope,
    answer: Recorded,
    given: Option<DateTest>,
    wording: Option<WordingId>,
}

impl AnswerLeaf {
    fn rows(&self, scope: Scope) -> SelectStatement {
        let AnswerScope { organisation, topic, asked } = self.asked;
        let mut rows = scope.rows("authorisation", "s");
        rows.and_where(sql::column("s", "organisation_id").eq(organisation.0))
            .and_where(sql::column("s", "topic_id").eq(topic.0))
            .and_where(sql::column("s", "channel").eq(asked.number()));
        rows
    }

    /// The rows that make the answer, and whether it is their presence or their absence that does.
    fn evidence(&self, scope: Scope) -> (SelectStatement, bool) {
        let answered = |rows: &mut SelectStatement, answer: Answer| {
            rows.and_where(sql::column("s", "answer").eq(answer.number()));
        };
        let last_day = || sql::column("s", "expires_on");
        let mut rows = self.rows(scope);
        match self.answer {
            Recorded::Unset => return (rows, false),
            Recorded::No => answered(&mut rows, Answer::No),
            Recorded::Yes => {
                answered(&mut rows, Answer::Yes);
                rows.and_where(sql::any([last_day().is_null(), last_day().gte(scope.today)]));
            }
            Recorded::Expired => {
                answered(&mut rows, Answer::Yes);
                rows.and_where(last_day().lt(scope.today));
            }
        }
        if let Some(given) = &self.given {
            rows.and_where(given.holds_at(&sql::column("s", "happened_at"), scope));
        }
        if let Some(wording) = self.wording {
            rows.and_where(sql::column("s", "wording_id").eq(wording.0));
        }
        (rows, true)
    }
}

/// Whether the contact refuses profiling by the institution, or that it does not.
pub(super) fn refuses_profiling(scope: Scope, wanted: bool) -> Expr {
    let refusal =
        AnswerLeaf { asked: AnswerScope::PROFILING, answer: Recorded::No, given: None, wording: None };
    sql::presence(refusal.evidence(scope).0, wanted)
}

impl LeafTest for AnswerLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let fact = facts.authorisations.get(&self.asked);
        let recorded = Recorded::of(fact, today);
        let in_time = self
            .given
            .as_ref()
            .is_none_or(|given| fact.is_some_and(|fact| given.accepts(&fact.given_on, today)));
        let so_worded = self.wording.is_none() || fact.is_some_and(|fact| fact.wording == self.wording);
        Judgement {
            truth: (recorded == self.answer && in_time && so_worded).into(),
            seen: Seen::Text(recorded.word().to_owned()),
        }
    }

    fn holds(&self, scope: Scope) -> Expr {
        let (rows, presence) = self.evidence(scope);
        sql::presence(rows, presence)
    }

    fn fails(&self, scope: Scope) -> Expr {
        let (rows, presence) = self.evidence(scope);
        sql::presence(rows, !presence)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("answer {:?}", self.asked), Says::Exactly(self.answer.word().to_owned())))
    }
}
