//! Mappings that an institution has saved, each under a name.

use chrono::{DateTime, Utc};
use intake::records::Criterion;
use intake::{Mapping, MappingFile, SourceName};
use model::ids::InstitutionId;

use super::ImportError;
use super::contacts::criteria;
use crate::{Result, Store, StoreError, Tx};

/// A mapping in the list.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// When it was saved, by the business clock.
    pub saved_at: DateTime<Utc>,
}

/// Saves a mapping under a name, in place of the one that had it. What was imported with that one stays as it is.
///
/// # Errors
/// [`ImportError::Mapping`] when it does not fit the criteria of the institution; database errors.
pub async fn save(
    store: &Store,
    institution: InstitutionId,
    name: &SourceName,
    mapping: &Mapping,
    text: &str,
) -> std::result::Result<(), ImportError> {
    check(store, institution, mapping).await?;
    let (name, text) = (name.to_string(), text.to_owned());
    let save = move |mut tx: Tx| async move {
        let (institution, saved_at) = (tx.institution().0, tx.business_now());
        sqlx::query(include_str!("mappings/save.sql"))
            .bind(institution)
            .bind(name)
            .bind(text)
            .bind(saved_at)
            .execute(tx.connection().await?)
            .await?;
        tx.commit(()).await
    };
    Ok(store.scoped(institution, save).await?)
}

/// The mapping of a name as it was written, if there is one.
///
/// # Errors
/// Database errors.
pub async fn text(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let institution = tx.institution().0;
    Ok(sqlx::query_scalar("SELECT body FROM import_mapping WHERE institution_id = $1 AND name = $2")
        .bind(institution)
        .bind(name)
        .fetch_optional(tx.connection().await?)
        .await?)
}

/// The mapping of a name.
///
/// # Errors
/// [`StoreError::Refused`] when there is none, or when it was saved by another release and is none for this one.
pub async fn load(tx: &mut Tx, name: &str) -> Result<Mapping> {
    let refused = |reason: String| StoreError::Refused(format!("mapping {name}: {reason}"));
    let Some(text) = text(tx, name).await? else {
        let names: Vec<String> = list(tx).await?.into_iter().map(|saved| saved.name).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return Err(refused(format!("there is none of this name. Known: {known}")));
    };
    let file: MappingFile = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    Mapping::try_from(file).map_err(|flaw| refused(flaw.to_string()))
}

/// Every mapping, by name.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx) -> Result<Vec<Saved>> {
    let institution = tx.institution().0;
    Ok(sqlx::query_as("SELECT name, saved_at FROM import_mapping WHERE institution_id = $1 ORDER BY name")
        .bind(institution)
        .fetch_all(tx.connection().await?)
        .await?)
}

/// Compares the criteria that a mapping fills with their definitions, before any row is read.
pub(super) async fn check(
    store: &Store,
    institution: InstitutionId,
    mapping: &Mapping,
) -> std::result::Result<(), ImportError> {
    if mapping.criteria().next().is_none() {
        return Ok(());
    }
    let known = store.scoped(institution, |mut tx| async move {
        let definitions = criteria::definitions(&mut tx).await?;
        tx.commit(definitions).await
    });
    let mut known: Vec<Criterion> = known.await?.into_values().map(|(_, definition)| definition).collect();
    known.sort_by(|one, other| one.code.cmp(&other.code));
    mapping.check_criteria(&known).map_err(ImportError::Mapping)
}
