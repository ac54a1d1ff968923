//! Rows of a foreign file, rearranged into the rows of our own.

use std::io::{self, BufRead};

use model::text::normalise_text;

use super::{Mapping, Origin};
use crate::csv_source::CsvSource;
use crate::lines::Lines;
use crate::row::RawRow;
use crate::schema::{Layout, NoPlace, Schema, shown};
use crate::{FileRefused, Rejection, Shape};

/// A foreign file and what becomes of its columns.
pub(crate) struct MappedSource<R> {
    csv: CsvSource<R>,
    mapping: Mapping,
    /// For each target of the mapping, the foreign cell; `None` for a constant.
    cells: Vec<Option<usize>>,
    layout: Layout,
    foreign: RawRow,
}

impl<R: BufRead> MappedSource<R> {
    /// Takes the file from behind its header row, which is `header` and was row `row`.
    pub(crate) fn open(
        lines: Lines<R>,
        header: &str,
        row: u64,
        schema: Schema,
        mapping: &Mapping,
    ) -> Result<Self, FileRefused> {
        let separator = mapping.separator.map(super::Separator::octet);
        let is_known = |name: &str| mapping.reads(name) || (!name.is_empty() && mapping.ignores(name));
        let known = || mapping.columns().map(shown).collect::<Vec<_>>().join(", ");
        let (csv, names) = CsvSource::foreign(lines, header, row, separator, is_known, || {
            FileRefused::NoHeader { kind: schema.kind, known: known() }
        })?;
        all_are_known(mapping, &names)?;
        let cells = cells(mapping, &names)?;
        let mut layout = Layout::new(schema);
        for target in &mapping.targets {
            layout.place(target.name.clone(), &target.spelling).map_err(|error| match error {
                NoPlace::Twice => FileRefused::DuplicateColumn { name: shown(&target.spelling) },
                NoPlace::TooMany => FileRefused::TooManyColumns,
            })?;
        }
        Ok(Self { csv, mapping: mapping.clone(), cells, layout, foreign: RawRow::default() })
    }

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Names the foreign columns in rejections that name ours.
    pub(crate) fn name_columns(&self, rejections: &mut [Rejection]) {
        for rejection in rejections {
            rejection.field = self.mapping.shown(&rejection.field);
        }
    }

    /// As [`CsvSource::next`]. A cell that cannot be translated is left to whoever reads it: what it stops depends on the column.
    pub(crate) fn next(
        &mut self,
        row: &mut RawRow,
        rejections: &mut Vec<Rejection>,
    ) -> io::Result<Option<u64>> {
        let number = self.csv.next(&mut self.foreign, rejections)?;
        row.text.clear();
        row.clear_cells();
        if number.is_none() || !rejections.is_empty() || self.foreign.is_blank() {
            return Ok(number);
        }
        for (at, target) in self.mapping.targets.iter().enumerate() {
            let start = row.text.len();
            match (&target.from, self.cells[at]) {
                (Origin::Constant(text), _) => row.text.push_str(text),
                (Origin::Column { rule, .. }, Some(cell)) => {
                    let cell = self.foreign.cell(cell).trim();
                    match rule.rewrite(cell) {
                        Ok(text) => row.text.push_str(&text),
                        Err(flaw) => row.push_flaw(at, Shape::of(cell), flaw),
                    }
                }
                (Origin::Column { .. }, None) => {}
            }
            row.push_cell(start, row.text.len());
        }
        Ok(number)
    }
}

/// Each column of the file is mapped or ignored: nothing is dropped in silence.
fn all_are_known(mapping: &Mapping, names: &[String]) -> Result<(), FileRefused> {
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| !mapping.reads(name) && !mapping.ignores(name))
        .map(|name| format!("'{}'", shown(name)))
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(FileRefused::UnmappedColumns { names: unknown.join(", ") }) }
}

/// Where in the file the columns of the mapping stand.
fn cells(mapping: &Mapping, names: &[String]) -> Result<Vec<Option<usize>>, FileRefused> {
    let keys: Vec<String> = names.iter().map(|name| normalise_text(name)).collect();
    let mut absent = Vec::new();
    let mut cells = Vec::new();
    for target in &mapping.targets {
        let Origin::Column { name, .. } = &target.from else {
            cells.push(None);
            continue;
        };
        let wanted = normalise_text(name);
        let mut found = keys.iter().enumerate().filter(|(_, key)| **key == wanted).map(|(at, _)| at);
        let first = found.next();
        if found.next().is_some() {
            return Err(FileRefused::DuplicateColumn { name: shown(name) });
        }
        if first.is_none() {
            absent.push(format!("'{}'", shown(name)));
        }
        cells.push(first);
    }
    if absent.is_empty() { Ok(cells) } else { Err(FileRefused::AbsentColumns { names: absent.join(", ") }) }
}
