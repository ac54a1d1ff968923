//! Where an import works: in a transaction for each piece of work, or in one that is undone.

use model::ids::InstitutionId;

use crate::{Result, Store, Tx};

/// A piece of work that one transaction does as a whole.
pub(super) trait Work: Send + 'static {
    /// What it found.
    type Output: Send + 'static;

    /// Does it.
    fn apply(self, tx: &mut Tx) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// Where pieces of work are done.
pub(super) enum Place<'a> {
    /// Each in its own transaction, committed.
    Committed {
        /// The pool.
        store: &'a Store,
        /// The silo.
        institution: InstitutionId,
    },
    /// All in this one, which the owner rolls back.
    Undone(&'a mut Tx),
}

impl Place<'_> {
    pub(super) async fn run<W: Work>(&mut self, work: W) -> Result<W::Output> {
        match self {
            Self::Committed { store, institution } => {
                let work = move |mut tx: Tx| async move {
                    let output = work.apply(&mut tx).await?;
                    tx.commit(output).await
                };
                store.scoped(*institution, work).await
            }
            Self::Undone(tx) => work.apply(tx).await,
        }
    }
}
