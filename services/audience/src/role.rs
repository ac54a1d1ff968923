//! What a contact is to the institution.

use serde::{Deserialize, Serialize};

/// One role; a contact has any set of them. The number is its bit in `contact.roles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys, or may buy.
    Customer = 0,
    /// Sells to the institution.
    Supplier = 1,
    /// Guides visitors.
    Guide = 2,
    /// Shows work.
    Exhibitor = 3,
    /// Works with the institution.
    Partner = 4,
    /// Produces shows.
    Producer = 5,
}

impl Role {
    /// Every role, in the order of the bits.
    pub const ALL: [Self; 6] =
        [Self::Customer, Self::Supplier, Self::Guide, Self::Exhibitor, Self::Partner, Self::Producer];

    /// The word in a query.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Supplier => "supplier",
            Self::Guide => "guide",
            Self::Exhibitor => "exhibitor",
            Self::Partner => "partner",
            Self::Producer => "producer",
        }
    }

    /// The bit in `contact.roles`.
    #[must_use]
    pub const fn bit(self) -> i32 {
        1 << self as i32
    }

    /// Every value of `contact.roles` that has this role.
    ///
    /// Bit operators are not leakproof, `=` is: a set of roles is asked for by the list of its values.
    pub(crate) fn sets_with(self) -> Vec<i32> {
        (0..1 << Self::ALL.len()).filter(|roles| roles & self.bit() != 0).collect()
    }
}
