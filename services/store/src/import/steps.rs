//! What differs between kinds of file, in one table.

use intake::{Kind, Rejection};

use super::run::Run;
use super::{
    Late, activities, authorisations, balances, collection_points, contacts, criteria, indicator_values,
    indicators, order_lines, organisations,
};
use super::{places, products, stage, wordings};
use crate::{Result, Tx};

/// The most rows of one transaction. Contacts and answers hold gates and addresses, so theirs are short (delivery A.1);
/// activities hold nothing that anybody waits for, and cost least in large chunks.
pub(super) fn chunk_rows(kind: Kind, asked: Option<usize>) -> usize {
    let (usual, most) = match kind {
        Kind::Organisations
        | Kind::Wordings
        | Kind::CollectionPoints
        | Kind::Criteria
        | Kind::Indicators
        | Kind::Contacts
        | Kind::Products => (20_000, 20_000),
        Kind::Authorisations => (10_000, 20_000),
        Kind::OrderLines | Kind::Balances | Kind::Places | Kind::IndicatorValues => (100_000, 200_000),
        Kind::Activities => (500_000, 1_000_000),
    };
    asked.map_or(usual, |rows| rows.clamp(1, most))
}

/// Whether many rows name the same parent.
pub(super) const fn names_repeat(kind: Kind) -> bool {
    match kind {
        Kind::Organisations
        | Kind::Wordings
        | Kind::CollectionPoints
        | Kind::Criteria
        | Kind::Indicators
        | Kind::Places
        | Kind::Contacts => false,
        Kind::Products
        | Kind::OrderLines
        | Kind::Activities
        | Kind::Balances
        | Kind::IndicatorValues
        | Kind::Authorisations => true,
    }
}

/// Whether a record is named within its source, and not by itself in the whole institution.
pub(super) const fn is_of_source(kind: Kind) -> bool {
    match kind {
        Kind::Criteria | Kind::Indicators | Kind::Places => false,
        Kind::Organisations
        | Kind::Wordings
        | Kind::CollectionPoints
        | Kind::Contacts
        | Kind::Products
        | Kind::OrderLines
        | Kind::Activities
        | Kind::Balances
        | Kind::IndicatorValues
        | Kind::Authorisations => true,
    }
}

/// Makes the table for rows of this kind.
pub(super) const fn incoming(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisations => include_str!("organisations/incoming.sql"),
        Kind::Wordings => include_str!("wordings/incoming.sql"),
        Kind::CollectionPoints => include_str!("collection_points/incoming.sql"),
        Kind::Criteria => include_str!("criteria/incoming.sql"),
        Kind::Indicators => include_str!("indicators/incoming.sql"),
        Kind::Places => include_str!("places/incoming.sql"),
        Kind::Contacts => include_str!("contacts/incoming.sql"),
        Kind::Products => include_str!("products/incoming.sql"),
        Kind::OrderLines => include_str!("order_lines/incoming.sql"),
        Kind::Activities => include_str!("activities/incoming.sql"),
        Kind::Balances => include_str!("balances/incoming.sql"),
        Kind::IndicatorValues => include_str!("indicator_values/incoming.sql"),
        Kind::Authorisations => include_str!("authorisations/incoming.sql"),
    }
}

/// Makes `resolved` from `incoming`: names become ids, and each row gets its outcome.
pub(super) const fn resolve(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisations => include_str!("organisations/resolve.sql"),
        Kind::Wordings => include_str!("wordings/resolve.sql"),
        Kind::CollectionPoints => include_str!("collection_points/resolve.sql"),
        Kind::Criteria => include_str!("criteria/resolve.sql"),
        Kind::Indicators => include_str!("indicators/resolve.sql"),
        Kind::Places => include_str!("places/resolve.sql"),
        Kind::Contacts => include_str!("contacts/resolve.sql"),
        Kind::Products => include_str!("products/resolve.sql"),
        Kind::OrderLines => include_str!("order_lines/resolve.sql"),
        Kind::Activities => include_str!("activities/resolve.sql"),
        Kind::Balances => include_str!("balances/resolve.sql"),
        Kind::IndicatorValues => include_str!("indicator_values/resolve.sql"),
        Kind::Authorisations => include_str!("authorisations/resolve.sql"),
    }
}

/// Reads what only Rust can read of the incoming rows, and returns what is wrong with it.
pub(super) async fn prepare(tx: &mut Tx, kind: Kind) -> Result<Vec<Rejection>> {
    match kind {
        Kind::Contacts => contacts::prepare(tx).await,
        Kind::Organisations
        | Kind::Wordings
        | Kind::CollectionPoints
        | Kind::Criteria
        | Kind::Indicators
        | Kind::Places
        | Kind::Products
        | Kind::OrderLines
        | Kind::Activities
        | Kind::Balances
        | Kind::IndicatorValues
        | Kind::Authorisations => Ok(Vec::new()),
    }
}

/// What is wrong with the rows that their statement rejected; nothing where [`prepare`] has said it.
pub(super) async fn rejections(tx: &mut Tx, kind: Kind) -> Result<Vec<Rejection>> {
    let of_row = match kind {
        Kind::Wordings => wordings::rejection,
        Kind::Criteria => criteria::rejection,
        Kind::Indicators => indicators::rejection,
        Kind::IndicatorValues => return indicator_values::rejections(tx).await,
        Kind::Organisations
        | Kind::CollectionPoints
        | Kind::Places
        | Kind::Contacts
        | Kind::Products
        | Kind::OrderLines
        | Kind::Activities
        | Kind::Balances
        | Kind::Authorisations => return Ok(Vec::new()),
    };
    Ok(stage::rejected(tx).await?.into_iter().map(of_row).collect())
}

/// Writes the resolved rows, and what follows from them in the same transaction.
pub(super) async fn write(tx: &mut Tx, run: &Run, kind: Kind) -> Result<Late> {
    match kind {
        Kind::Organisations => return organisations::write(tx, run).await,
        Kind::Contacts => return contacts::write(tx, run).await,
        Kind::Wordings => wordings::write(tx, run).await?,
        Kind::CollectionPoints => collection_points::write(tx, run).await?,
        Kind::Criteria => criteria::write(tx).await?,
        Kind::Indicators => indicators::write(tx).await?,
        Kind::Places => places::write(tx).await?,
        Kind::Products => products::write(tx, run).await?,
        Kind::OrderLines => order_lines::write(tx, run).await?,
        Kind::Activities => activities::write(tx, run).await?,
        Kind::Balances => balances::write(tx).await?,
        Kind::IndicatorValues => indicator_values::write(tx).await?,
        Kind::Authorisations => authorisations::write(tx, run).await?,
    }
    Ok(Late::new())
}
