//! The leases that this worker knows it holds, to compare with what the database says.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::ids::InstitutionId;
use store::claim::Lease;

#[derive(Default)]
struct Inside {
    leases: HashSet<Lease>,
    /// Every institution that was ever worked for.
    institutions: BTreeSet<InstitutionId>,
}

#[derive(Default)]
pub(super) struct Held(Mutex<Inside>);

impl Held {
    pub(super) fn took(&self, institution: InstitutionId, leases: impl Iterator<Item = Lease>) {
        let mut inside = self.inside();
        inside.institutions.insert(institution);
        inside.leases.extend(leases);
    }

    /// From before a claim is asked for: should it commit unnoticed, the institution is looked at.
    pub(super) fn works_for(&self, institution: InstitutionId) {
        self.inside().institutions.insert(institution);
    }

    pub(super) fn ended(&self, lease: &Lease) {
        self.inside().leases.remove(lease);
    }

    pub(super) fn holds(&self, lease: &Lease) -> bool {
        self.inside().leases.contains(lease)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inside().leases.is_empty()
    }

    pub(super) fn institutions(&self) -> Vec<InstitutionId> {
        self.inside().institutions.iter().copied().collect()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
