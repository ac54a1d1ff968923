//! The cells of one row before anybody asks what they mean.

use crate::{Flaw, Shape};

/// Text and the places of the cells in it. Reused from row to row, so that reading a row allocates nothing.
#[derive(Default)]
pub(crate) struct RawRow {
    pub(crate) text: String,
    cells: Vec<(usize, usize)>,
    /// Cells that a mapping could not translate.
    flaws: Vec<(usize, Shape, Flaw)>,
}

impl RawRow {
    /// Forgets the cells, and keeps the room. The text is the caller's to replace.
    pub(crate) fn clear_cells(&mut self) {
        self.cells.clear();
        self.flaws.clear();
    }

    /// Notes why a cell has no text: a mapping could not translate what stood there.
    pub(crate) fn push_flaw(&mut self, cell: usize, found: Shape, flaw: Flaw) {
        self.flaws.push((cell, found, flaw));
    }

    /// What a mapping said about a cell.
    pub(crate) fn flaw(&self, cell: usize) -> Option<(Shape, &Flaw)> {
        self.flaws.iter().find(|(at, ..)| *at == cell).map(|(_, found, flaw)| (*found, flaw))
    }

    /// Adds the next cell: a part of [`Self::text`].
    pub(crate) fn push_cell(&mut self, start: usize, end: usize) {
        self.cells.push((start, end));
    }

    /// Sets a cell by its number; those before it that were never set are empty.
    pub(crate) fn set_cell(&mut self, cell: usize, start: usize, end: usize) {
        if self.cells.len() <= cell {
            self.cells.resize(cell + 1, (0, 0));
        }
        self.cells[cell] = (start, end);
    }

    /// The text of a cell; empty when the row has no such cell.
    pub(crate) fn cell(&self, cell: usize) -> &str {
        self.cells.get(cell).map_or("", |(start, end)| &self.text[*start..*end])
    }

    pub(crate) fn is_blank(&self) -> bool {
        (0..self.cells.len()).all(|cell| self.cell(cell).trim().is_empty())
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The first cell that is larger than `bytes`.
    pub(crate) fn first_larger_than(&self, bytes: usize) -> Option<usize> {
        self.cells.iter().position(|(start, end)| end - start > bytes)
    }
}
