//! Rows in PostgreSQL's binary COPY format: no quoting, no text to parse on the other side.

use chrono::{DateTime, NaiveDate, Utc};
use intake::ExternalId;
use uuid::Uuid;

use crate::{Result, Tx};

/// What every stream starts with: signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// A count of columns that says: no more rows.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// PostgreSQL counts days and microseconds from here.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Rows for one temporary table, in the order of its columns.
pub(super) struct CopyRows {
    bytes: Vec<u8>,
    rows: u64,
}

impl CopyRows {
    pub(super) fn new() -> Self {
        Self { bytes: HEADER.to_vec(), rows: 0 }
    }

    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row. The columns come in parts, so that what all kinds share is written in one place.
    pub(super) fn push(&mut self, parts: [&[&dyn CopyField]; 2]) {
        let columns = parts.iter().map(|part| part.len()).sum::<usize>();
        self.bytes.extend_from_slice(&i16::try_from(columns).unwrap_or(i16::MAX).to_be_bytes());
        for field in parts.into_iter().flatten() {
            let length_at = self.bytes.len();
            self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
            if field.write_to(&mut self.bytes) {
                let length = i32::try_from(self.bytes.len() - length_at - 4).unwrap_or(i32::MAX);
                self.bytes[length_at..length_at + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
        self.rows += 1;
    }

    /// Sends the rows with `statement`, a `COPY … FROM STDIN (FORMAT binary)`.
    pub(super) async fn send(mut self, tx: &mut Tx, statement: &str) -> Result<()> {
        self.bytes.extend_from_slice(&TRAILER);
        let mut copy = tx.connection().await?.copy_in_raw(statement).await?;
        copy.send(self.bytes).await?;
        copy.finish().await?;
        Ok(())
    }
}

/// A value in PostgreSQL's binary form.
pub(super) trait CopyField {
    /// Appends the value; `false` when it is NULL, and then nothing was appended.
    fn write_to(&self, out: &mut Vec<u8>) -> bool;
}

macro_rules! copy_bytes {
    ($($type:ty: |$value:ident| $bytes:expr;)*) => {$(
        impl CopyField for $type {
            fn write_to(&self, out: &mut Vec<u8>) -> bool {
                let $value = self;
                out.extend_from_slice(AsRef::<[u8]>::as_ref(&$bytes));
                true
            }
        }
    )*};
}

copy_bytes! {
    str: |text| text.as_bytes();
    String: |text| text.as_bytes();
    ExternalId: |id| id.as_str().as_bytes();
    [u8]: |bytes| bytes;
    Vec<u8>: |bytes| bytes;
    [u8; 16]: |bytes| bytes;
    [u8; 32]: |bytes| bytes;
    Uuid: |id| id.as_bytes();
    bool: |yes| [u8::from(*yes)];
    i16: |number| number.to_be_bytes();
    i32: |number| number.to_be_bytes();
    i64: |number| number.to_be_bytes();
    f64: |number| number.to_be_bytes();
    NaiveDate: |day| i32::try_from(day.signed_duration_since(EPOCH).num_days()).unwrap_or(i32::MAX).to_be_bytes();
    DateTime<Utc>: |at| microseconds(*at).to_be_bytes();
}

impl<T: CopyField + ?Sized> CopyField for &T {
    fn write_to(&self, out: &mut Vec<u8>) -> bool {
        (**self).write_to(out)
    }
}

impl<T: CopyField> CopyField for Option<T> {
    fn write_to(&self, out: &mut Vec<u8>) -> bool {
        self.as_ref().is_some_and(|value| value.write_to(out))
    }
}

/// Nanoseconds are cut, not rounded: an instant never becomes later than it was.
fn microseconds(at: DateTime<Utc>) -> i64 {
    let epoch = EPOCH.and_time(chrono::NaiveTime::MIN).and_utc();
    at.timestamp_micros().saturating_sub(epoch.timestamp_micros())
}
