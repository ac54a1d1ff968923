//! Spools whose records mean something.

use std::marker::PhantomData;
use std::path::Path;

use crate::codec::Fields;
use crate::{Appended, Entry, Kind, Offset, Options, Reader, Spool, SpoolError, SpoolId, SyncPolicy};

/// A record with a fixed layout behind a version octet.
pub trait Record: Sized {
    /// The kind of spool that it lies in.
    const KIND: Kind;
    /// When such a record counts as on disk.
    const SYNC: SyncPolicy;
    /// The version octet. A record of another version is refused, never guessed.
    const VERSION: u8;

    /// Adds the fields behind the version.
    fn encode(&self, bytes: &mut Vec<u8>);

    /// Reads the fields behind the version, all of them; `None` when they are not a record.
    fn decode(fields: Fields<'_>) -> Option<Self>;
}

/// A spool of one kind of record.
#[derive(Debug)]
pub struct Records<R> {
    spool: Spool,
    record: PhantomData<fn() -> R>,
}

/// A record and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedEntry<R> {
    /// Where it begins: its name.
    pub offset: Offset,
    /// Where the next one begins: what a consumer commits once it has dealt with this one.
    pub next: Offset,
    /// The record.
    pub record: R,
}

impl<R: Record> Records<R> {
    /// Opens the spool in the folder `dir`, or makes one under the id `fresh` when there is none.
    ///
    /// # Errors
    /// As [`Spool::open`].
    pub fn open(dir: &Path, fresh: SpoolId) -> Result<Self, SpoolError> {
        let spool = Spool::open(dir, Options::new(R::KIND, R::SYNC), fresh)?;
        Ok(Self { spool, record: PhantomData })
    }

    /// The spool below: identity, offsets, syncing, trimming.
    #[must_use]
    pub fn spool(&self) -> &Spool {
        &self.spool
    }

    /// Deletes the folder and all that is in it.
    ///
    /// # Errors
    /// As [`Spool::destroy`].
    pub fn destroy(self) -> Result<(), SpoolError> {
        self.spool.destroy()
    }

    /// Adds a record.
    ///
    /// # Errors
    /// As [`Spool::append`].
    pub fn append(&self, record: &R) -> Result<Appended, SpoolError> {
        let mut bytes = vec![R::VERSION];
        record.encode(&mut bytes);
        self.spool.append(&bytes)
    }

    /// The records from an offset to the readable end.
    ///
    /// # Errors
    /// As [`Spool::read`].
    pub fn read(
        &self,
        from: Offset,
    ) -> Result<impl Iterator<Item = Result<TypedEntry<R>, SpoolError>> + use<R>, SpoolError> {
        Ok(typed(self.spool.read(from)?))
    }
}

/// Gives the records of a reader their meaning.
fn typed<R: Record>(reader: Reader) -> impl Iterator<Item = Result<TypedEntry<R>, SpoolError>> {
    reader.map(|entry| {
        let Entry { offset, next, record } = entry?;
        let undecodable = |problem| SpoolError::Undecodable { kind: R::KIND, offset, problem };
        let (&version, fields) = record.split_first().ok_or_else(|| undecodable("it is empty"))?;
        if version != R::VERSION {
            return Err(undecodable("its version is another one"));
        }
        let record = R::decode(Fields::new(fields)).ok_or_else(|| undecodable("its fields make no sense"))?;
        Ok(TypedEntry { offset, next, record })
    })
}
