//! One type per kind of id, so that mixing two kinds does not compile.
//!
//! Internal keys are small integers and never leave the installation; uuids are for the API and for Message-ID.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// The data controller: a sealed silo. First column of every silo table.
    InstitutionId(i32);
    /// A venue, brand or club of an institution. 0 stands for "the whole institution" in permission scopes.
    OrganisationId(i32);
    /// A person or body in the file, unique within the installation.
    ContactId(i64);
    /// What is sold; dated or undated.
    ProductId(i64);
    /// One run of a campaign: a launch.
    OccurrenceId(i32);
    /// A registered consent wording with its hash.
    WordingId(i32);
    /// A newsletter or series inside an organisation. 0 stands for "no topic".
    TopicId(i32);
    /// A saved target: a query with a name, or a frozen list.
    TargetId(i32);
    /// A link of an occurrence, numbered from 0 in the order of the content.
    LinkNo(i16);
}

impl OrganisationId {
    /// The scope that covers every organisation of the institution.
    pub const WHOLE_INSTITUTION: Self = Self(0);
}

impl TopicId {
    /// The scope that covers every topic.
    pub const NONE: Self = Self(0);
}
