//! The theatre's file in a database of its own, and three ways to ask it.

use audience::{Catalogue, CheckedQuery, ContactFacts, Query, Truth, check, evaluate};
use model::ids::{ContactId, InstitutionId, OrganisationId, TopicId};
use model::permission::Question;
use model::vocabulary::{Channel, Purpose, UnsetMeans};
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};
use store::audience::Audience;
use store::testing::{Database, theatre};
use store::{catalogue, facts};

const CONTACTS: i64 = 4_000;

pub struct Stage {
    database: Database,
    owner: PgConnection,
    silo: InstitutionId,
    facts: Vec<ContactFacts>,
}

impl Stage {
    pub async fn set() -> Self {
        let database = Database::fresh().await;
        let silo = database.institution("theatre").await;
        let mut owner = database.owner.connect().await.unwrap();
        theatre::fill(&mut owner, silo, CONTACTS).await;
        let load = |mut tx| async move {
            let ids: Vec<ContactId> = (1..=CONTACTS).map(ContactId).collect();
            let loaded = facts::load(&mut tx, &ids).await?;
            tx.commit(loaded).await
        };
        let facts = database.app.scoped(silo, load).await.unwrap();
        Self { database, owner, silo, facts }
    }

    pub fn contacts(&self) -> usize {
        self.facts.len()
    }

    /// The target with the names of the theatre; what is wrong with it otherwise.
    pub async fn check(&self, query: &Query) -> Result<CheckedQuery, String> {
        let named = query.clone();
        let load = |mut tx| async move {
            let catalogue: Catalogue = catalogue::load(&mut tx, &named).await?;
            tx.commit(catalogue).await
        };
        let catalogue = self.database.app.scoped(self.silo, load).await.unwrap();
        check(query, &catalogue).map_err(|errors| format!("{errors:?}"))
    }

    /// Whom the product selects.
    pub async fn selected(&self, target: &CheckedQuery) -> Vec<i64> {
        let audience = Audience {
            target: target.clone(),
            question: Question {
                purpose: Purpose::Marketing,
                unset_means: UnsetMeans::Explicit,
                retention_months: 36,
                today: theatre::today(),
                renewal: None,
            },
            channel: Channel::Email,
            organisation: OrganisationId(1),
            topic: TopicId::NONE,
        };
        let list = |mut tx| async move {
            let members = audience.list(&mut tx).await?;
            tx.commit(members).await
        };
        let members = self.database.app.scoped(self.silo, list).await.unwrap();
        members.iter().map(|member| member.contact.0).collect()
    }

    /// Whom the evaluator selects.
    pub fn evaluated(&self, target: &CheckedQuery) -> Vec<i64> {
        let selects = |facts: &&ContactFacts| evaluate(target, facts, theatre::today()) == Truth::True;
        self.facts.iter().filter(selects).map(|facts| facts.contact.0).collect()
    }

    /// Whom the statement selects, asked by the owner, who sees everything.
    pub async fn by_hand(&mut self, sql: &str) -> Vec<i64> {
        #[expect(clippy::disallowed_methods, reason = "the text is a file of this repository")]
        let statement =
            AssertSqlSafe(format!("SELECT contact_id FROM ({sql}) AS selected ORDER BY contact_id"));
        let selected = sqlx::query_scalar(statement).bind(self.silo.0).bind(theatre::today());
        selected.fetch_all(&mut self.owner).await.unwrap()
    }
}
