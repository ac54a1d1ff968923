//! The content of a row in one form, whatever the order of its columns and the spelling of its values.

use chrono::{DateTime, NaiveDate, Utc};
use model::address::EmailAddress;
use sha2::{Digest, Sha256};

use crate::words::Word;
use crate::{ExternalId, Kind};

/// A value that has one form as bytes. Equal values have equal bytes; the bytes are never read back.
pub trait Canonical {
    /// Appends the form.
    fn write_to(&self, out: &mut Vec<u8>);
}

/// Collects the values of one row and hashes them.
///
/// Columns are named, not numbered, and an empty cell leaves no trace: a column that is added to a kind later does not
/// make every stored row look changed.
#[derive(Default)]
pub(crate) struct Content(Vec<u8>);

impl Content {
    pub(crate) fn start(&mut self, kind: Kind) {
        self.0.clear();
        self.0.extend_from_slice(b"rappel.row.v1:");
        self.0.extend_from_slice(kind.word().as_bytes());
    }

    /// Adds the value of a column: both lengths are fixed by what stands before them, so no two rows run together.
    pub(crate) fn add(&mut self, column: &str, value: &impl Canonical) {
        self.0.extend_from_slice(&(column.len() as u64).to_le_bytes());
        self.0.extend_from_slice(column.as_bytes());
        let length_at = self.0.len();
        self.0.extend_from_slice(&[0; 8]);
        value.write_to(&mut self.0);
        let length = (self.0.len() - length_at - 8) as u64;
        self.0[length_at..length_at + 8].copy_from_slice(&length.to_le_bytes());
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

macro_rules! canonical_bytes {
    ($($type:ty: |$value:ident| $bytes:expr;)*) => {$(
        impl Canonical for $type {
            fn write_to(&self, out: &mut Vec<u8>) {
                let $value = self;
                out.extend_from_slice($bytes);
            }
        }
    )*};
}

canonical_bytes! {
    String: |text| text.as_bytes();
    str: |text| text.as_bytes();
    ExternalId: |id| id.as_str().as_bytes();
    EmailAddress: |address| address.given().as_bytes();
    NaiveDate: |day| &chrono::Datelike::num_days_from_ce(day).to_le_bytes();
    DateTime<Utc>: |instant| &[instant.timestamp().to_le_bytes(), i64::from(instant.timestamp_subsec_nanos()).to_le_bytes()].concat();
    i64: |number| &number.to_le_bytes();
    u32: |number| &number.to_le_bytes();
    u16: |number| &number.to_le_bytes();
    f64: |number| &number.to_bits().to_le_bytes();
}

impl<W: Word> Canonical for W {
    fn write_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.word().as_bytes());
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn write_to(&self, out: &mut Vec<u8>) {
        for part in self {
            let length_at = out.len();
            out.extend_from_slice(&[0; 8]);
            part.write_to(out);
            let length = (out.len() - length_at - 8) as u64;
            out[length_at..length_at + 8].copy_from_slice(&length.to_le_bytes());
        }
    }
}
