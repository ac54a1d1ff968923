//! Which columns a kind of file has, and where a given file keeps them.

use crate::column::CRITERION_PREFIX;
use crate::{AS_OF, Column, FileRefused, Kind, MAX_COLUMNS, Record, value};

/// The columns that files of one kind may have.
#[derive(Clone, Copy)]
pub(crate) struct Schema {
    pub(crate) kind: Kind,
    pub(crate) columns: &'static [Column],
    has_criteria: bool,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Name {
    /// By its place in the table; the place after the last is `as_of`.
    Column(usize),
    /// By its code.
    Criterion(String),
}

impl Schema {
    pub(crate) const fn of<T: Record>() -> Self {
        Self { kind: T::KIND, columns: T::COLUMNS, has_criteria: T::HAS_CRITERIA }
    }

    /// The columns of a kind that is known at run time.
    pub(crate) const fn of_kind(kind: Kind) -> Self {
        Self { kind, columns: kind.columns(), has_criteria: kind.has_criteria() }
    }

    /// The place of `as_of`.
    pub(crate) const fn as_of(self) -> usize {
        self.columns.len()
    }

    pub(crate) fn find(self, name: &str) -> Option<Name> {
        if name == AS_OF.name {
            return Some(Name::Column(self.as_of()));
        }
        if let Some(at) = self.columns.iter().position(|column| column.name == name) {
            return Some(Name::Column(at));
        }
        let code = name.strip_prefix(CRITERION_PREFIX).filter(|_| self.has_criteria)?;
        // A name stands for one criterion only: the code as it is, not another spelling of it.
        value::code(code).ok().filter(|plain| plain == code).map(Name::Criterion)
    }

    pub(crate) fn known(self) -> String {
        let names: Vec<&str> = self.names().collect();
        let criteria = if self.has_criteria { ", criterion.<code>" } else { "" };
        format!("{}{criteria}", names.join(", "))
    }

    /// ` (nearest: 'x')`, when a known name is near.
    pub(crate) fn hint(self, name: &str) -> String {
        let plain = name.to_lowercase().replace([' ', '-', '.'], "_");
        let nearest = self.names().map(|known| (distance(&plain, known), known)).min();
        match nearest {
            Some((distance, known)) if distance * 2 <= known.len() => format!(" (nearest: '{known}')"),
            Some(_) | None => String::new(),
        }
    }

    pub(crate) fn unknown(self, name: &str) -> FileRefused {
        let hint = if name.is_empty() { " (an empty name)".to_owned() } else { self.hint(name) };
        FileRefused::UnknownColumn { kind: self.kind, name: shown(name), hint, known: self.known() }
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name).chain([AS_OF.name])
    }
}

/// Where the columns of one file stand in its rows.
pub(crate) struct Layout {
    places: Vec<Option<usize>>,
    criteria: Vec<(String, usize)>,
    names: Vec<String>,
}

/// Why a column has no place in a file.
#[derive(Debug, PartialEq)]
pub(crate) enum NoPlace {
    Twice,
    TooMany,
}

impl Layout {
    pub(crate) fn new(schema: Schema) -> Self {
        Self { places: vec![None; schema.columns.len() + 1], criteria: Vec::new(), names: Vec::new() }
    }

    /// The columns of a foreign file, which are none of ours and have their names only.
    pub(crate) const fn foreign(names: Vec<String>) -> Self {
        Self { places: Vec::new(), criteria: Vec::new(), names }
    }

    /// Gives a column the next cell of the rows.
    pub(crate) fn place(&mut self, name: Name, spelling: &str) -> Result<usize, NoPlace> {
        let cell = self.names.len();
        if cell == MAX_COLUMNS {
            return Err(NoPlace::TooMany);
        }
        match name {
            Name::Column(at) if self.places[at].is_some() => return Err(NoPlace::Twice),
            Name::Column(at) => self.places[at] = Some(cell),
            Name::Criterion(code) => match self.criteria.binary_search_by(|(known, _)| known.cmp(&code)) {
                Ok(_) => return Err(NoPlace::Twice),
                Err(at) => self.criteria.insert(at, (code, cell)),
            },
        }
        self.names.push(spelling.to_owned());
        Ok(cell)
    }

    /// The cell of a column of the table.
    pub(crate) fn cell_of(&self, at: usize) -> Option<usize> {
        self.places[at]
    }

    /// The cell of a name; the cell `guess` is tried first.
    pub(crate) fn cell_named(&self, name: &str, guess: usize) -> Option<usize> {
        if self.names.get(guess).is_some_and(|known| known == name) {
            return Some(guess);
        }
        self.names.iter().position(|known| known == name)
    }

    /// The criteria of the file as (code, cell), by code.
    pub(crate) fn criteria(&self) -> &[(String, usize)] {
        &self.criteria
    }

    pub(crate) fn name(&self, cell: usize) -> &str {
        self.names.get(cell).map_or("", String::as_str)
    }

    pub(crate) fn cells(&self) -> usize {
        self.names.len()
    }
}

/// A name of a file as a message may show it: without what could steer a terminal, and not at length.
pub(crate) fn shown(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _-.".contains(c);
    name.chars().take(40).map(|c| if plain(c) { c } else { '?' }).collect()
}

/// How many letters must be changed, added or left out to turn one word into the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Contact, Product};

    #[test]
    fn the_nearest_name_is_suggested_when_it_is_near() {
        let schema = Schema::of::<Contact>();
        for (wrong, hint) in [
            ("firstname", "first_name"),
            ("Last Name", "last_name"),
            ("e-mail", "email"),
            ("postcode", "postal_code"),
            ("asof", "as_of"),
        ] {
            assert_eq!(schema.hint(wrong), format!(" (nearest: '{hint}')"), "{wrong}");
        }
        assert_eq!(schema.hint("favourite colour of the cat"), "");
    }

    #[test]
    fn criteria_belong_to_contacts_and_have_one_spelling() {
        let contacts = Schema::of::<Contact>();
        assert_eq!(contacts.find("criterion.genre"), Some(Name::Criterion("genre".into())));
        assert_eq!(contacts.find("criterion.Genre"), None);
        assert_eq!(contacts.find("criterion."), None);
        assert_eq!(Schema::of::<Product>().find("criterion.genre"), None);
    }

    #[test]
    fn a_file_has_each_column_once() {
        let schema = Schema::of::<Contact>();
        let mut layout = Layout::new(schema);
        let genre = || Name::Criterion("genre".into());
        assert_eq!(layout.place(Name::Column(1), "kind"), Ok(0));
        assert_eq!(layout.place(genre(), "criterion.genre"), Ok(1));
        assert_eq!(layout.place(Name::Column(1), "kind"), Err(NoPlace::Twice));
        assert_eq!(layout.place(genre(), "criterion.genre"), Err(NoPlace::Twice));
        assert_eq!((layout.cell_of(1), layout.cell_of(0), layout.cells()), (Some(0), None, 2));
        assert_eq!(layout.cell_named("criterion.genre", 0), Some(1));
        for n in 2..MAX_COLUMNS {
            layout.place(Name::Criterion(format!("c{n}")), "criterion.c").unwrap();
        }
        assert_eq!(layout.place(Name::Criterion("z".into()), "criterion.z"), Err(NoPlace::TooMany));
    }

    #[test]
    fn names_are_shown_without_tricks() {
        assert_eq!(shown("e-mail\u{1b}[2J\u{202e}@x"), "e-mail??2J??x");
        assert_eq!(shown(&"a".repeat(100)).len(), 40);
    }
}
