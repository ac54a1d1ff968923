//! Places: where postal codes lie. They belong to the institution, whatever file they came in.

use intake::{Record as _, Row, records};

use super::copy::CopyRows;
use super::feed::{Staged, Staging};
use super::stage::execute;
use crate::{Result, Tx};

impl Staged for records::Place {
    fn stage(row: &Row<Self>, with: &Staging, out: &mut CopyRows) {
        let key = row.record.key().map_or_else(Default::default, |(_, key)| key);
        let Self { country, postal_code, latitude, longitude } = &row.record;
        with.push(row, &key, &[country, postal_code, latitude, longitude], out);
    }
}

pub(super) async fn write(tx: &mut Tx) -> Result<()> {
    execute(tx, include_str!("places/write.sql")).await
}
