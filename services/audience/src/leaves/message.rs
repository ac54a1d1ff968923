//! `{"leaf": "message", "outcome": "clicked", "campaign": "season-2000", "has": true}`: what became of earlier messages.
//!
//! | outcome | when |
//! |---|---|
//! | `received` | handed to the next hop, or possibly; on that day |
//! | `clicked` | a click that was judged human; on its day |
//! | `bounced` | refused for good because of the recipient's address (EM-72); on that day |
//!
//! `campaign` names a launch by its key; any when absent. `window` asks for certain days. Never unknown: what was not sent was not
//! received.

use std::sync::Arc;

use chrono::NaiveDate;
use model::ids::OccurrenceId;
use model::reply::{Fault, Outcome};
use model::vocabulary::{MessageState, Verdict};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde::{Deserialize, Serialize};

use super::{LeafForm, LeafTest};
use crate::catalogue::Catalogue;
use crate::explain::{Judgement, Seen};
use crate::facts::{ContactFacts, MessageFact};
use crate::json::{Fields, Stated};
use crate::operators::Window;
use crate::operators::asked::ValueTest;
use crate::operators::date::DateTest;
use crate::operators::span::Says;
use crate::sql::{self, Scope};
use crate::tree::Mentions;

/// A question about earlier messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// What became of them.
    pub outcome: MessageOutcome,
    /// The key of the launch; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// When; ever when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What is asked.
    #[serde(flatten)]
    pub op: MessageOp,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageOutcome {
    /// Handed to the next hop, or possibly.
    Received,
    /// Clicked by a person.
    Clicked,
    /// Refused for good because of the recipient's address.
    Bounced,
}

/// What is asked of the messages that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageOp {
    /// There is one.
    Has(Stated),
    /// There is none.
    HasNot(Stated),
}

impl Message {
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        Ok(Self {
            outcome: fields.required("outcome")?,
            campaign: fields.optional("campaign")?,
            window: fields.optional("window")?,
            op: fields.operator()?.read()?,
        })
    }
}

impl LeafForm for Message {
    fn check(&self, catalogue: &Catalogue) -> Result<Arc<dyn LeafTest>, String> {
        let messages = Messages {
            outcome: self.outcome,
            occurrence: self.campaign.as_deref().map(|key| catalogue.campaign(key)).transpose()?,
            window: self.window.as_ref().map(Window::check).transpose()?,
        };
        Ok(Arc::new(match self.op {
            MessageOp::Has(Stated) => MessageLeaf { messages, has: true },
            MessageOp::HasNot(Stated) => MessageLeaf { messages, has: false },
        }))
    }

    fn mentions<'a>(&'a self, mentions: &mut Mentions<'a>) {
        mentions.campaigns.extend(self.campaign.as_deref());
    }
}

#[derive(Debug)]
struct MessageLeaf {
    messages: Messages,
    has: bool,
}

#[derive(Debug)]
struct Messages {
    outcome: MessageOutcome,
    occurrence: Option<OccurrenceId>,
    window: Option<DateTest>,
}

impl Messages {
    /// The days of a message on which the outcome is met.
    fn days<'a>(
        &'a self,
        fact: &'a MessageFact,
        today: NaiveDate,
    ) -> impl Iterator<Item = NaiveDate> + Clone + 'a {
        let of_launch = self.occurrence.is_none_or(|occurrence| fact.occurrence == occurrence);
        let (one, many) = match self.outcome {
            MessageOutcome::Received => (fact.received_on, None),
            MessageOutcome::Bounced => (fact.bounced_on, None),
            MessageOutcome::Clicked => (None, Some(&fact.clicked_on)),
        };
        let in_time =
            move |day: &NaiveDate| self.window.as_ref().is_none_or(|window| window.accepts(day, today));
        one.into_iter()
            .chain(many.into_iter().flatten().copied())
            .filter(move |day| of_launch && in_time(day))
    }

    fn rows(&self, scope: Scope) -> SelectStatement {
        let (table, alias, at) = match self.outcome {
            MessageOutcome::Received | MessageOutcome::Bounced => ("message", "m", "ended_at"),
            MessageOutcome::Clicked => ("hit", "h", "hit_at"),
        };
        let column = |name| sql::column(alias, name);
        let mut rows = scope.rows(table, alias);
        match self.outcome {
            MessageOutcome::Received => {
                let sent = [MessageState::Accepted, MessageState::Unknown].map(MessageState::number);
                rows.and_where(sql::among(column("state"), sent.to_vec()));
            }
            MessageOutcome::Bounced => {
                rows.and_where(column("state").eq(MessageState::Failed.number()));
                scope.join(&mut rows, ("attempt", "t"), alias, &["contact_id", "occurrence_id", "channel"]);
                rows.and_where(sql::column("t", "outcome").eq(i16::from(Outcome::Failed.number())))
                    .and_where(sql::column("t", "fault").eq(Fault::Recipient.number()));
            }
            MessageOutcome::Clicked => {
                rows.and_where(column("verdict").eq(Verdict::Human.number()));
            }
        }
        if let Some(occurrence) = self.occurrence {
            rows.and_where(column("occurrence_id").eq(occurrence.0));
        }
        if let Some(window) = &self.window {
            rows.and_where(window.holds_at(&column(at), scope));
        }
        rows
    }
}

impl LeafTest for MessageLeaf {
    fn judge(&self, facts: &ContactFacts, today: NaiveDate) -> Judgement {
        let met = facts.messages.iter().filter_map(|fact| self.messages.days(fact, today).max());
        let (count, last) = (met.clone().count(), met.max());
        Judgement { truth: ((count > 0) == self.has).into(), seen: Seen::Facts { count, last } }
    }

    fn holds(&self, scope: Scope) -> Expr {
        sql::presence(self.messages.rows(scope), self.has)
    }

    fn fails(&self, scope: Scope) -> Expr {
        sql::presence(self.messages.rows(scope), !self.has)
    }

    fn asks_by_id(&self) -> bool {
        true
    }

    fn says(&self) -> Option<(String, Says)> {
        Some((format!("{:?}", self.messages), Says::Exactly(self.has.to_string())))
    }

    fn denies(&self) -> Option<(String, Says)> {
        Some((format!("{:?}", self.messages), Says::Exactly((!self.has).to_string())))
    }
}
