//! Everything on file about single contacts, in the shape that the reference evaluator and the explanation read.
//!
//! For one contact whom somebody asks about, and for tests; an audience is evaluated in the database.

use std::collections::{BTreeMap, BTreeSet};

use audience::{
    ActivityFact, AnswerFact, AnswerScope, ContactFacts, CriterionFact, CriterionId, IdentityFacts,
    IndicatorFact, IndicatorId, MessageFact, OrderLineFact,
};
use model::ids::{ContactId, OccurrenceId, OrganisationId, ProductId, TargetId, TopicId, WordingId};
use model::place::Coordinates;
use model::score::Scores;
use model::vocabulary::{
    ActivityKind, Asked, ContactKind, ContactRole, CriterionType, HolderRole, IndicatorType, LineState,
};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};

use crate::gate::numbers;
use crate::{Result, Tx};

/// The contact with this id in `source`.
///
/// # Errors
/// Database errors.
pub async fn find(tx: &mut Tx, source: &str, external_id: &str) -> Result<Option<ContactId>> {
    let institution = tx.institution().0;
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT contact_id FROM contact WHERE institution_id = $1 AND source = $2 AND external_id = $3",
    )
    .bind(institution)
    .bind(source)
    .bind(external_id)
    .fetch_optional(tx.connection().await?)
    .await?;
    Ok(found.map(ContactId))
}

/// The facts of these contacts, in the order of their ids; who does not exist is left out.
///
/// # Errors
/// Database errors.
pub async fn load(tx: &mut Tx, contacts: &[ContactId]) -> Result<Vec<ContactFacts>> {
    let mut facts = BTreeMap::new();
    for row in rows(tx, contacts, include_str!("facts/identity.sql")).await? {
        let one = identity(&row)?;
        facts.insert(one.contact, one);
    }
    for (statement, add) in [
        (include_str!("facts/criteria.sql"), criterion as fn(&mut ContactFacts, &PgRow) -> Result<()>),
        (include_str!("facts/indicators.sql"), indicator),
        (include_str!("facts/lists.sql"), list),
        (include_str!("facts/answers.sql"), answer),
        (include_str!("facts/activities.sql"), activity),
        (include_str!("facts/order_lines.sql"), order_line),
        (include_str!("facts/messages.sql"), message),
    ] {
        for row in rows(tx, contacts, statement).await? {
            if let Some(one) = facts.get_mut(&ContactId(row.try_get("contact_id")?)) {
                add(one, &row)?;
            }
        }
    }
    Ok(facts.into_values().collect())
}

async fn rows(tx: &mut Tx, contacts: &[ContactId], statement: &'static str) -> Result<Vec<PgRow>> {
    let institution = tx.institution().0;
    Ok(sqlx::query(statement)
        .bind(institution)
        .bind(numbers(contacts))
        .fetch_all(tx.connection().await?)
        .await?)
}

#[derive(FromRow)]
struct Identity {
    contact_id: i64,
    bucket: i16,
    source: String,
    external_id: String,
    kind: i16,
    roles: i32,
    first_name: Option<String>,
    last_name: Option<String>,
    birth_date: Option<chrono::NaiveDate>,
    gender: Option<String>,
    language: Option<String>,
    email_key: Option<String>,
    mobile: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    country: Option<String>,
    created_on: Option<chrono::NaiveDate>,
    counts_on: Option<chrono::NaiveDate>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    recency: Option<i16>,
    frequency: Option<i16>,
    monetary: Option<i16>,
}

fn identity(row: &PgRow) -> Result<ContactFacts> {
    let found = Identity::from_row(row)?;
    Ok(ContactFacts {
        contact: ContactId(found.contact_id),
        bucket: found.bucket,
        identity: IdentityFacts {
            source: found.source,
            external_id: found.external_id,
            kind: ContactKind::try_from(found.kind)?,
            roles: ContactRole::ALL.iter().copied().filter(|role| found.roles & role.bit() != 0).collect(),
            first_name: found.first_name,
            last_name: found.last_name,
            birth_date: found.birth_date,
            gender: found.gender,
            language: found.language,
            email: found.email_key,
            mobile: found.mobile,
            postal_code: found.postal_code,
            city: found.city,
            country: found.country,
            created_on: found.created_on,
        },
        criteria: BTreeMap::new(),
        indicators: BTreeMap::new(),
        coordinates: found
            .latitude
            .zip(found.longitude)
            .map(|(latitude, longitude)| Coordinates { latitude, longitude }),
        scores: found
            .recency
            .zip(found.frequency)
            .zip(found.monetary)
            .map(|((recency, frequency), monetary)| Scores { recency, frequency, monetary }),
        lists: BTreeSet::new(),
        authorisations: BTreeMap::new(),
        recency: found.counts_on,
        activities: Vec::new(),
        order_lines: Vec::new(),
        messages: Vec::new(),
    })
}

fn criterion(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    let id = CriterionId(row.try_get("criterion_id")?);
    let value = match CriterionType::try_from(row.try_get::<i16, _>("value_type")?)? {
        CriterionType::Text => CriterionFact::Text(row.try_get("v_text")?),
        CriterionType::Number => CriterionFact::Number(row.try_get("v_num")?),
        CriterionType::Date => CriterionFact::Date(row.try_get("v_date")?),
        CriterionType::YesNo => CriterionFact::YesNo(row.try_get::<f64, _>("v_num")? > 0.5),
        CriterionType::OneOf | CriterionType::SeveralOf => {
            let mut codes = match facts.criteria.remove(&id) {
                Some(CriterionFact::Codes(codes)) => codes,
                Some(_) | None => BTreeSet::new(),
            };
            codes.insert(row.try_get("v_text")?);
            CriterionFact::Codes(codes)
        }
    };
    facts.criteria.insert(id, value);
    Ok(())
}

fn indicator(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    let id = IndicatorId(row.try_get("indicator_id")?);
    let value = match IndicatorType::try_from(row.try_get::<i16, _>("value_type")?)? {
        IndicatorType::Number => IndicatorFact::Number(row.try_get("v_num")?),
        IndicatorType::Date => IndicatorFact::Date(row.try_get("v_date")?),
        IndicatorType::Text => IndicatorFact::Text(row.try_get("v_text")?),
    };
    facts.indicators.insert((id, OrganisationId(row.try_get("organisation_id")?)), value);
    Ok(())
}

fn list(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    facts.lists.insert(TargetId(row.try_get("target_id")?));
    Ok(())
}

fn answer(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    let scope = AnswerScope {
        organisation: OrganisationId(row.try_get("organisation_id")?),
        topic: TopicId(row.try_get("topic_id")?),
        asked: Asked::try_from(row.try_get::<i16, _>("channel")?)?,
    };
    let answer = AnswerFact {
        yes: row.try_get::<i16, _>("answer")? == 1,
        expires_on: row.try_get("expires_on")?,
        given_on: row.try_get("given_on")?,
        wording: row.try_get::<Option<i32>, _>("wording_id")?.map(WordingId),
    };
    facts.authorisations.insert(scope, answer);
    Ok(())
}

fn activity(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    facts.activities.push(ActivityFact {
        organisation: OrganisationId(row.try_get("organisation_id")?),
        kind: ActivityKind::try_from(row.try_get::<i16, _>("kind")?)?,
        role: HolderRole::try_from(row.try_get::<i16, _>("role")?)?,
        product: row.try_get::<Option<i64>, _>("product_id")?.map(ProductId),
        category: row.try_get("category")?,
        amount: row.try_get("amount")?,
        happened_on: row.try_get("happened_on")?,
        counts_on: row.try_get("counts_on")?,
    });
    Ok(())
}

fn order_line(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    facts.order_lines.push(OrderLineFact {
        role: HolderRole::try_from(row.try_get::<i16, _>("role")?)?,
        organisation: OrganisationId(row.try_get("organisation_id")?),
        product: ProductId(row.try_get("product_id")?),
        category: row.try_get("category")?,
        ordered_on: row.try_get("ordered_on")?,
        event_on: row.try_get("valid_on")?,
        state: LineState::try_from(row.try_get::<i16, _>("state")?)?,
    });
    Ok(())
}

fn message(facts: &mut ContactFacts, row: &PgRow) -> Result<()> {
    facts.messages.push(MessageFact {
        occurrence: OccurrenceId(row.try_get("occurrence_id")?),
        received_on: row.try_get("received_on")?,
        bounced_on: row.try_get("bounced_on")?,
        clicked_on: row.try_get::<Vec<chrono::NaiveDate>, _>("clicked_on")?.into_iter().collect(),
    });
    Ok(())
}
