//! The cells of one row before anybody asks what they mean.

/// Text and the places of the cells in it. Reused from row to row, so that reading a row allocates nothing.
#[derive(Default)]
pub(crate) struct RawRow {
    pub(crate) text: String,
    cells: Vec<(usize, usize)>,
}

impl RawRow {
    /// Forgets the cells, and keeps the room. The text is the caller's to replace.
    pub(crate) fn clear_cells(&mut self) {
        self.cells.clear();
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
