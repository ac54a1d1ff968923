//! Files as other systems write them: what each of their columns becomes.
//!
//! A mapping is written once, as JSON ([`MappingFile`]), and says for one kind of file which foreign column becomes which
//! field, criterion or nothing at all, and how its cells are written. Nothing is dropped in silence: every column of a file is
//! mapped or listed under `ignore`, and a cell that the mapping cannot translate is a rejection that names column and row.
//! What comes out are the same rows as from a file with our own columns, with the same hashes; so it does not matter in which
//! form a record came.

mod file;
mod check;
mod rule;
mod date_format;
mod number_format;
mod pattern;
mod decode;
mod source;

use std::collections::BTreeSet;

use model::text::normalise_text;

pub use self::check::MappingFlaw;
pub use self::decode::Decoder;
pub use self::file::{Becomes, Encoding, MappingFile, Otherwise, RuleForm, Separator, Unique};
pub use self::pattern::Pattern;
pub(crate) use self::source::MappedSource;

use self::rule::Rule;
use crate::records::Criterion;
use crate::schema::Name;
use crate::{Kind, SourceName};

/// A mapping that was checked: every field exists, none is filled twice, and no required one is left out.
#[derive(Clone, Debug)]
pub struct Mapping {
    kind: Kind,
    source: SourceName,
    files: Option<Pattern>,
    encoding: Encoding,
    separator: Option<Separator>,
    targets: Vec<Target>,
    /// In the form for comparison.
    ignored: BTreeSet<String>,
}

/// What fills one field or criterion.
#[derive(Clone, Debug)]
struct Target {
    name: Name,
    /// The column as our own files call it.
    spelling: String,
    from: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    /// The cells of a foreign column.
    Column { name: String, rule: Rule },
    /// The same for every row.
    Constant(String),
}

impl Mapping {
    /// What the files hold.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The system that the files come from.
    #[must_use]
    pub const fn source(&self) -> &SourceName {
        &self.source
    }

    /// Which files of a watched folder it reads; `None`: it cannot be used to watch.
    #[must_use]
    pub const fn files(&self) -> Option<&Pattern> {
        self.files.as_ref()
    }

    pub(crate) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether a definition that is not there, or has other choices, would make rows wrong that the mapping is to blame for.
    ///
    /// # Errors
    /// One flaw for each criterion that is not defined, and for each of the mapping's own values that its definition refuses.
    pub fn check_criteria(&self, known: &[Criterion]) -> Result<(), Vec<MappingFlaw>> {
        check::criteria(self, known)
    }

    /// The codes of the criteria that it fills.
    pub fn criteria(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().filter_map(|target| match &target.name {
            Name::Criterion(code) => Some(code.as_str()),
            Name::Column(_) => None,
        })
    }

    /// A field of a rejection with the foreign column that it was read from, for the person who has that file open.
    #[must_use]
    pub fn shown(&self, field: &str) -> String {
        let target = self.targets.iter().find(|target| target.spelling == field);
        match target.map(|target| &target.from) {
            Some(Origin::Column { name, .. }) if name != field => format!("{name} ({field})"),
            Some(Origin::Constant(_)) => format!("{field} (a constant of the mapping)"),
            Some(Origin::Column { .. }) | None => field.to_owned(),
        }
    }

    fn reads(&self, column: &str) -> bool {
        let key = normalise_text(column);
        self.columns().any(|name| normalise_text(name) == key)
    }

    fn ignores(&self, column: &str) -> bool {
        self.ignored.contains(&normalise_text(column))
    }

    /// The foreign columns; one that fills several fields comes several times.
    fn columns(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().filter_map(|target| match &target.from {
            Origin::Column { name, .. } => Some(name.as_str()),
            Origin::Constant(_) => None,
        })
    }
}
