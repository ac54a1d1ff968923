//! Values of indicators. The type stands in the definition, which may come later than the value: each value is staged in
//! every type that can read it, and the statement that knows the definition takes the one that it needs.
//!
//! What is removed leaves its instant behind, in `indicator_removal`: without it an earlier file that comes late would bring
//! the value back.

use intake::{Record as _, Rejection, Row, Shape, records, value};
use model::text::normalise_text;
use model::vocabulary::IndicatorType;

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::stage::execute;
use crate::{Result, StoreError, Tx};

impl Staged for records::IndicatorValue {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let key = row.record.key().map_or_else(Default::default, |(_, key)| key);
        let Self { contact, indicator, organisation, value } = &row.record;
        let text = value.as_deref();
        with.push(
            row,
            &key,
            &[
                contact,
                indicator,
                organisation,
                value,
                &text.map(normalise_text),
                &text.and_then(|text| value::decimal(text).ok()),
                &text.and_then(|text| value::date(text).ok()),
            ],
            out,
        );
    }
}

pub(super) async fn write(tx: &mut Tx) -> Result<()> {
    for statement in [
        include_str!("indicator_values/forget.sql"),
        include_str!("indicator_values/forget_removal.sql"),
        include_str!("indicator_values/write.sql"),
        include_str!("indicator_values/remove.sql"),
    ] {
        execute(tx, statement).await?;
    }
    Ok(())
}

/// What is wrong with the values that their type cannot read.
pub(super) async fn rejections(tx: &mut Tx) -> Result<Vec<Rejection>> {
    let rows: Vec<(i64, i16, String)> = sqlx::query_as(include_str!("indicator_values/rejected.sql"))
        .persistent(false)
        .fetch_all(tx.connection().await?)
        .await?;
    rows.iter()
        .map(|(number, value_type, text)| {
            let flaw = match IndicatorType::try_from(*value_type)? {
                IndicatorType::Number => value::decimal(text).err(),
                IndicatorType::Date => value::date(text).err(),
                IndicatorType::Text => None,
            };
            let flaw = flaw.ok_or_else(|| {
                StoreError::Inconsistent(format!("row {number} was rejected, and its value can be read"))
            })?;
            let number = u64::try_from(*number).unwrap_or_default();
            Ok(Rejection::new(number, "value", Shape::of(text), flaw))
        })
        .collect()
}
