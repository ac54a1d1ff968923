//! The table of columns that each kind of file has.

/// One column of a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header, or as a key of the JSON object.
    pub name: &'static str,
    /// Whether each row must have a value.
    pub required: bool,
    /// What it means, for documentation.
    pub meaning: &'static str,
    /// A value that is accepted.
    pub example: &'static str,
}

/// The column that every kind of file may have: the instant as of which this row was true. The larger instant wins;
/// without it the row takes the file's.
pub const AS_OF: Column = Column {
    name: "as_of",
    required: false,
    meaning: "when this row was true in the source; the file's own instant when empty",
    example: "2026-01-31T20:30:00Z",
};

/// What stands before the code in the name of a criterion's column.
pub(crate) const CRITERION_PREFIX: &str = "criterion.";

/// Declares the columns of a kind: `COLUMNS`, and `Col` with one name for each position, so that a column that is
/// declared and never read is a warning.
macro_rules! columns {
    (@required) => { true };
    (@optional) => { false };
    ($($at:ident $need:ident $name:literal, $meaning:literal, $example:literal;)*) => {
        #[derive(Clone, Copy)]
        enum Col { $($at),* }

        impl From<Col> for usize {
            fn from(column: Col) -> Self {
                column as Self
            }
        }

        const COLUMNS: &[$crate::Column] = &[$($crate::Column {
            name: $name,
            required: $crate::column::columns!(@$need),
            meaning: $meaning,
            example: $example,
        }),*];
    };
}
pub(crate) use columns;
