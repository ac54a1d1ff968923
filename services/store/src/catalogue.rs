//! What the names in a query stand for in one institution.

use audience::{Catalogue, CriterionDefinition, CriterionId, OrganisationRef, ProductRef, Query};
use model::ids::{OccurrenceId, OrganisationId, ProductId, TopicId, WordingId};
use model::vocabulary::CriterionType;
use sqlx::Row as _;

use crate::{Result, Tx};

/// Loads every organisation, topic, wording, criterion and launch, and the products that `query` names.
///
/// # Errors
/// Database errors.
pub async fn load(tx: &mut Tx, query: &Query) -> Result<Catalogue> {
    let products = products(tx, &query.products()).await?.into_iter().collect();
    Ok(Catalogue { products, ..names(tx).await? })
}

/// The same without any product.
///
/// # Errors
/// Database errors.
pub async fn names(tx: &mut Tx) -> Result<Catalogue> {
    Ok(Catalogue {
        criteria: criteria(tx).await?.into_iter().collect(),
        organisations: organisations(tx).await?.into_iter().collect(),
        wordings: wordings(tx).await?.into_iter().collect(),
        topics: topics(tx).await?.into_iter().collect(),
        products: std::collections::BTreeMap::new(),
        campaigns: campaigns(tx).await?.into_iter().collect(),
    })
}

async fn criteria(tx: &mut Tx) -> Result<Vec<(String, CriterionDefinition)>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(
        "SELECT code, criterion_id, value_type, choices FROM criterion WHERE institution_id = $1",
    )
    .bind(institution)
    .fetch_all(tx.connection().await?)
    .await?;
    rows.iter()
        .map(|row| {
            let definition = CriterionDefinition {
                id: CriterionId(row.try_get("criterion_id")?),
                value_type: CriterionType::try_from(row.try_get::<i16, _>("value_type")?)?,
                choices: row.try_get("choices")?,
            };
            Ok((row.try_get("code")?, definition))
        })
        .collect()
}

async fn organisations(tx: &mut Tx) -> Result<Vec<(OrganisationRef, OrganisationId)>> {
    let institution = tx.institution().0;
    let rows: Vec<(String, String, i32)> = sqlx::query_as(
        "SELECT source, external_id, organisation_id FROM organisation WHERE institution_id = $1",
    )
    .bind(institution)
    .fetch_all(tx.connection().await?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(source, external_id, id)| (OrganisationRef { source, external_id }, OrganisationId(id)))
        .collect())
}

async fn wordings(tx: &mut Tx) -> Result<Vec<(OrganisationRef, WordingId)>> {
    let institution = tx.institution().0;
    let rows: Vec<(String, String, i32)> =
        sqlx::query_as("SELECT source, external_id, wording_id FROM wording WHERE institution_id = $1")
            .bind(institution)
            .fetch_all(tx.connection().await?)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(source, external_id, id)| (OrganisationRef { source, external_id }, WordingId(id)))
        .collect())
}

async fn topics(tx: &mut Tx) -> Result<Vec<((OrganisationId, String), TopicId)>> {
    let institution = tx.institution().0;
    let rows: Vec<(i32, String, i32)> =
        sqlx::query_as("SELECT organisation_id, code, topic_id FROM topic WHERE institution_id = $1")
            .bind(institution)
            .fetch_all(tx.connection().await?)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(organisation, code, id)| ((OrganisationId(organisation), code), TopicId(id)))
        .collect())
}

async fn campaigns(tx: &mut Tx) -> Result<Vec<(String, OccurrenceId)>> {
    let institution = tx.institution().0;
    let rows: Vec<(String, i32)> =
        sqlx::query_as("SELECT launch_key, occurrence_id FROM launch WHERE institution_id = $1")
            .bind(institution)
            .fetch_all(tx.connection().await?)
            .await?;
    Ok(rows.into_iter().map(|(key, id)| (key, OccurrenceId(id))).collect())
}

async fn products(tx: &mut Tx, named: &[&ProductRef]) -> Result<Vec<(ProductRef, ProductId)>> {
    let institution = tx.institution().0;
    let (sources, ids): (Vec<&str>, Vec<&str>) =
        named.iter().map(|product| (product.source.as_str(), product.external_id.as_str())).unzip();
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT p.source, p.external_id, p.product_id
         FROM product p
         JOIN unnest($2::text[], $3::text[]) AS n (source, external_id) USING (source, external_id)
         WHERE p.institution_id = $1",
    )
    .bind(institution)
    .bind(sources)
    .bind(ids)
    .fetch_all(tx.connection().await?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(source, external_id, id)| (ProductRef { source, external_id }, ProductId(id)))
        .collect())
}
