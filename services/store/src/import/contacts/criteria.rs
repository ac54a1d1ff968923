//! Values of criteria: text until their definitions are known, typed and checked in the transaction that stores them.

use std::collections::HashMap;

use intake::records::{Criterion, CriterionValue};
use intake::{Rejection, Shape};
use model::text::normalise_text;
use model::vocabulary::CriterionType;
use sqlx::Row as _;
use uuid::Uuid;

use crate::import::copy::CopyRows;
use crate::import::stage::create_temporary;
use crate::{Result, StoreError, Tx};

/// The criteria of a row as they are staged and kept while the row waits.
pub(super) fn as_json(criteria: &[(String, String)]) -> Option<String> {
    let pairs =
        || criteria.iter().map(|(code, text)| serde_json::Value::from(vec![code.as_str(), text.as_str()]));
    (!criteria.is_empty()).then(|| serde_json::Value::from_iter(pairs()).to_string())
}

/// Reads the criteria of the incoming rows into `incoming_value`, and what is wrong or not yet defined into
/// `incoming_problem`.
pub(super) async fn read(tx: &mut Tx) -> Result<Vec<Rejection>> {
    create_temporary(tx, "DROP TABLE IF EXISTS incoming_value", include_str!("values.sql")).await?;
    create_temporary(tx, "DROP TABLE IF EXISTS incoming_problem", include_str!("problems.sql")).await?;
    let rows: Vec<(i64, Uuid, String)> =
        sqlx::query_as("SELECT row_no, row_id, criteria FROM incoming WHERE criteria IS NOT NULL")
            .persistent(false)
            .fetch_all(tx.connection().await?)
            .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut reading = Reading {
        definitions: definitions(tx).await?,
        values: CopyRows::new(),
        problems: CopyRows::new(),
        rejections: Vec::new(),
    };
    for (number, row_id, criteria) in &rows {
        let pairs: Vec<(String, String)> =
            serde_json::from_str(criteria).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
        reading.row(u64::try_from(*number).unwrap_or_default(), *row_id, &pairs);
    }
    reading.values.send(tx, "COPY incoming_value FROM STDIN (FORMAT binary)").await?;
    reading.problems.send(tx, "COPY incoming_problem FROM STDIN (FORMAT binary)").await?;
    Ok(reading.rejections)
}

struct Reading {
    definitions: HashMap<String, (i32, Criterion)>,
    values: CopyRows,
    problems: CopyRows,
    rejections: Vec<Rejection>,
}

impl Reading {
    /// A row with one problem is rejected or waits as a whole; a flaw outweighs a missing definition.
    fn row(&mut self, number: u64, row_id: Uuid, pairs: &[(String, String)]) {
        let (mut missing, noted) = (None, self.rejections.len());
        for (code, text) in pairs {
            let Some((id, definition)) = self.definitions.get(code) else {
                missing.get_or_insert(code);
                continue;
            };
            match definition.read(text) {
                Ok(value) => push(&mut self.values, row_id, *id, value),
                Err(flaw) => {
                    let field = format!("criterion.{code}");
                    self.rejections.push(Rejection::new(number, field, Shape::of(text), flaw));
                }
            }
        }
        let is_flawed = self.rejections.len() > noted;
        if is_flawed || missing.is_some() {
            let flaw = is_flawed.then_some("a value of a criterion");
            self.problems.push([&[&row_id, &missing, &flaw], &[]]);
        }
    }
}

/// Text and choices are stored in the form in which they are compared.
fn push(values: &mut CopyRows, row_id: Uuid, id: i32, value: CriterionValue) {
    let mut add = |item: usize, text: Option<String>, number: Option<f64>, day: Option<chrono::NaiveDate>| {
        let item = i16::try_from(item).unwrap_or(i16::MAX);
        values.push([&[&row_id, &id, &item, &text, &number, &day], &[]]);
    };
    match value {
        CriterionValue::Text(text) => add(0, Some(normalise_text(&text)), None, None),
        CriterionValue::Number(number) => add(0, None, Some(number), None),
        CriterionValue::Date(day) => add(0, None, None, Some(day)),
        CriterionValue::YesNo(yes) => add(0, None, Some(f64::from(u8::from(yes))), None),
        CriterionValue::Choices(choices) => {
            for (item, choice) in choices.iter().enumerate() {
                add(item, Some(normalise_text(choice)), None, None);
            }
        }
    }
}

/// The criteria of the institution with their ids, by code.
pub(in crate::import) async fn definitions(tx: &mut Tx) -> Result<HashMap<String, (i32, Criterion)>> {
    let institution = tx.institution().0;
    let rows = sqlx::query(
        "SELECT criterion_id, code, name, value_type, choices FROM criterion WHERE institution_id = $1",
    )
    .bind(institution)
    .fetch_all(tx.connection().await?)
    .await?;
    rows.iter()
        .map(|row| {
            let code: String = row.try_get("code")?;
            let criterion = Criterion {
                code: code.clone(),
                name: row.try_get("name")?,
                value_type: CriterionType::try_from(row.try_get::<i16, _>("value_type")?)?,
                choices: row.try_get("choices")?,
            };
            Ok((code, (row.try_get("criterion_id")?, criterion)))
        })
        .collect()
}
