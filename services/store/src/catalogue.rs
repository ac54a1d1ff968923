//! What the names in a query stand for in one institution.

use audience::{
    Catalogue, CriterionDefinition, CriterionId, IndicatorDefinition, IndicatorId, Mentions, Names,
    OrganisationRef, PlaceRef, ProductRef, Query, SavedTarget,
};
use chrono::{DateTime, Utc};
use model::ids::{OccurrenceId, OrganisationId, ProductId, TopicId, WordingId};
use model::place::Coordinates;
use model::vocabulary::{CriterionType, IndicatorType};
use sqlx::Row as _;

use crate::{Result, Tx, target};

/// Loads every organisation, topic, wording, criterion and indicator; the saved targets that `query` names, with those that these name; and the
/// products, places and launches that all of them name.
///
/// # Errors
/// Database errors.
pub async fn load(tx: &mut Tx, query: &Query) -> Result<Catalogue> {
    load_all(tx, &[query]).await
}

/// As [`load`], for several queries.
///
/// # Errors
/// Database errors.
pub async fn load_all(tx: &mut Tx, queries: &[&Query]) -> Result<Catalogue> {
    load_as_of(tx, queries, None).await
}

/// As [`load_all`], with the saved targets as they were at an instant. Other names are those of today.
///
/// # Errors
/// Database errors.
pub async fn load_as_of(tx: &mut Tx, queries: &[&Query], at: Option<DateTime<Utc>>) -> Result<Catalogue> {
    let targets = target::load(tx, queries, at).await?;
    let named = targets.values().filter_map(|target| match target {
        SavedTarget::Dynamic(query) => Some(query),
        SavedTarget::Static(_) => None,
    });
    let mut mentions = Mentions::default();
    for query in queries.iter().copied().chain(named) {
        let Mentions { products, places, campaigns, targets: _ } = query.mentions();
        mentions.products.extend(products);
        mentions.places.extend(places);
        mentions.campaigns.extend(campaigns);
    }
    Ok(Catalogue {
        criteria: criteria(tx).await?.into_iter().collect(),
        organisations: organisations(tx).await?.into_iter().collect(),
        wordings: wordings(tx).await?.into_iter().collect(),
        topics: topics(tx).await?.into_iter().collect(),
        indicators: indicators(tx).await?.into_iter().collect(),
        products: products(tx, &mentions.products).await?.into_iter().collect(),
        places: places(tx, &mentions.places).await?.into_iter().collect(),
        campaigns: campaigns(tx, &mentions.campaigns).await?.into_iter().collect(),
        targets,
    })
}

/// Loads what people call the things that `query` names.
///
/// # Errors
/// Database errors.
pub async fn names(tx: &mut Tx, query: &Query) -> Result<Names> {
    let institution = tx.institution().0;
    let Mentions { products, campaigns, targets, places: _ } = query.all_mentions();
    let (sources, ids): (Vec<&str>, Vec<&str>) =
        products.iter().map(|product| (product.source.as_str(), product.external_id.as_str())).unzip();
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(include_str!("catalogue/names.sql"))
        .bind(institution)
        .bind(sources)
        .bind(ids)
        .bind(campaigns)
        .bind(targets)
        .fetch_all(tx.connection().await?)
        .await?;
    let mut names = Names::default();
    for (what, source, code, name) in rows {
        match what.as_str() {
            "criterion" => drop(names.criteria.insert(code, name)),
            "indicator" => drop(names.indicators.insert(code, name)),
            "target" => drop(names.targets.insert(code, name)),
            "organisation" => {
                drop(names.organisations.insert(OrganisationRef { source, external_id: code }, name));
            }
            "product" => drop(names.products.insert(ProductRef { source, external_id: code }, name)),
            _ => drop(names.campaigns.insert(code, name)),
        }
    }
    Ok(names)
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

async fn indicators(tx: &mut Tx) -> Result<Vec<(String, IndicatorDefinition)>> {
    let institution = tx.institution().0;
    let rows: Vec<(String, i32, i16)> =
        sqlx::query_as("SELECT code, indicator_id, value_type FROM indicator WHERE institution_id = $1")
            .bind(institution)
            .fetch_all(tx.connection().await?)
            .await?;
    rows.into_iter()
        .map(|(code, id, value_type)| {
            let value_type = IndicatorType::try_from(value_type)?;
            Ok((code, IndicatorDefinition { id: IndicatorId(id), value_type }))
        })
        .collect()
}

async fn campaigns(tx: &mut Tx, named: &[&str]) -> Result<Vec<(String, OccurrenceId)>> {
    let institution = tx.institution().0;
    let rows: Vec<(String, i32)> = sqlx::query_as(
        "SELECT launch_key, occurrence_id FROM launch WHERE institution_id = $1 AND launch_key = ANY ($2)",
    )
    .bind(institution)
    .bind(named)
    .fetch_all(tx.connection().await?)
    .await?;
    Ok(rows.into_iter().map(|(key, id)| (key, OccurrenceId(id))).collect())
}

async fn places(tx: &mut Tx, named: &[&PlaceRef]) -> Result<Vec<(PlaceRef, Coordinates)>> {
    let institution = tx.institution().0;
    let (countries, codes): (Vec<&str>, Vec<&str>) =
        named.iter().map(|place| (place.country.as_str(), place.postal_code.as_str())).unzip();
    let rows: Vec<(String, String, f64, f64)> = sqlx::query_as(
        "SELECT p.country, p.postal_code, p.latitude, p.longitude
         FROM place p
         JOIN unnest($2::text[], $3::text[]) AS n (country, postal_code) USING (country, postal_code)
         WHERE p.institution_id = $1",
    )
    .bind(institution)
    .bind(countries)
    .bind(codes)
    .fetch_all(tx.connection().await?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(country, postal_code, latitude, longitude)| {
            (PlaceRef { country, postal_code }, Coordinates { latitude, longitude })
        })
        .collect())
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
