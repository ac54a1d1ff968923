//! The cells of one row by column, read into values; what cannot be read is noted and the reading goes on.

use chrono::{DateTime, NaiveDate, Utc};

use crate::canonical::{Canonical, Content};
use crate::row::RawRow;
use crate::schema::{Layout, Schema};
use crate::{AS_OF, Flaw, Options, Rejection, Shape, value};

/// Proof that a rejection was noted. Only [`Fields`] makes one.
#[derive(Debug)]
pub struct Rejected(());

/// The cells of one row.
///
/// A reader is a function of one trimmed, non-empty cell, such as those of [`value`].
pub struct Fields<'a> {
    pub(crate) number: u64,
    pub(crate) raw: &'a RawRow,
    pub(crate) layout: &'a Layout,
    pub(crate) schema: Schema,
    pub(crate) options: &'a Options,
    pub(crate) content: &'a mut Content,
    pub(crate) rejections: &'a mut Vec<Rejection>,
    pub(crate) remarks: Vec<Rejection>,
}

impl<'a> Fields<'a> {
    /// The value of a column that cannot be empty.
    ///
    /// # Errors
    /// [`Rejected`] when it is empty or `read` refuses it.
    pub fn required<T: Canonical>(
        &mut self,
        at: impl Into<usize>,
        read: impl FnOnce(&str) -> Result<T, Flaw>,
    ) -> Result<T, Rejected> {
        let at = at.into();
        if let Some(value) = self.optional(at, read)? {
            return Ok(value);
        }
        let column = self.schema.columns[at];
        let remedy = format!("write {}, as {}", column.meaning, column.example);
        Err(self.note(column.name, Shape::Empty, Flaw::new("the column cannot be empty", remedy)))
    }

    /// The value of a column, `None` when empty.
    ///
    /// # Errors
    /// [`Rejected`] when `read` refuses it.
    pub fn optional<T: Canonical>(
        &mut self,
        at: impl Into<usize>,
        read: impl FnOnce(&str) -> Result<T, Flaw>,
    ) -> Result<Option<T>, Rejected> {
        let at = at.into();
        let name = self.schema.columns[at].name;
        if let Some((found, flaw)) = self.flaw(at) {
            return Err(self.note(name, found, flaw));
        }
        let text = self.text(at);
        if text.is_empty() {
            return Ok(None);
        }
        match read(text) {
            Ok(value) => {
                self.content.add(name, &value);
                Ok(Some(value))
            }
            Err(flaw) => Err(self.note(name, Shape::of(text), flaw)),
        }
    }

    /// The value of a column that must not stop its row: `None` when empty, and when `read` refuses it, which leaves a
    /// remark.
    pub fn if_readable<T: Canonical>(
        &mut self,
        at: impl Into<usize>,
        read: impl FnOnce(&str) -> Result<T, Flaw>,
    ) -> Option<T> {
        let noted = self.rejections.len();
        let value = self.optional(at, read).ok().flatten();
        self.remarks.extend(self.rejections.drain(noted..));
        value
    }

    /// The criteria of the row as (code, text), by code; only those with a value.
    ///
    /// # Errors
    /// [`Rejected`] when one of them is no text.
    pub fn criteria(&mut self) -> Result<Vec<(String, String)>, Rejected> {
        let mut criteria = Vec::new();
        let mut rejected = None;
        let layout = self.layout;
        for (code, cell) in layout.criteria() {
            if let Some((found, flaw)) = self.raw.flaw(*cell) {
                rejected = Some(self.note(layout.name(*cell), found, flaw.clone()));
                continue;
            }
            let text = self.raw.cell(*cell).trim();
            if text.is_empty() {
                continue;
            }
            match value::line(text) {
                Ok(value) => {
                    self.content.add(layout.name(*cell), &value);
                    criteria.push((code.clone(), value));
                }
                Err(flaw) => rejected = Some(self.note(layout.name(*cell), Shape::of(text), flaw)),
            }
        }
        rejected.map_or(Ok(criteria), Err)
    }

    /// Notes that a value that can be read contradicts the rest of the row.
    pub fn contradicts(
        &mut self,
        at: impl Into<usize>,
        reason: &'static str,
        remedy: &'static str,
    ) -> Rejected {
        let at = at.into();
        let found = if self.text(at).is_empty() { Shape::Empty } else { Shape::WellFormed };
        self.note(self.schema.columns[at].name, found, Flaw::new(reason, remedy))
    }

    /// Whether something was noted so far.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        !self.rejections.is_empty()
    }

    /// The record, unless something was noted.
    ///
    /// # Errors
    /// [`Rejected`] when [`Self::contradicts`] was called.
    pub fn accept<T>(&self, record: T) -> Result<T, Rejected> {
        if self.is_rejected() { Err(Rejected(())) } else { Ok(record) }
    }

    /// A reader of days that lie in the past: not after the day on which the file was made.
    pub fn past_day(&self) -> impl Fn(&str) -> Result<NaiveDate, Flaw> + Copy + use<> {
        let last = self.options.last_day();
        move |text| {
            let day = value::date(text)?;
            if day <= last {
                return Ok(day);
            }
            Err(Flaw::new("the day lies after the file's own", "correct it, or say when the file was made"))
        }
    }

    /// A reader of instants that lie in the past: not after the file was made.
    pub fn past_instant(&self) -> impl Fn(&str) -> Result<DateTime<Utc>, Flaw> + Copy + use<> {
        let last = self.options.as_of;
        move |text| {
            let instant = value::instant(text)?;
            if instant <= last {
                return Ok(instant);
            }
            Err(Flaw::new(
                "the moment lies after the file's own",
                "correct it, or say when the file was made",
            ))
        }
    }

    /// A reader of amounts in the institution's currency.
    pub fn money(&self) -> impl Fn(&str) -> Result<i64, Flaw> + Copy + use<> {
        let digits = self.options.currency_digits;
        move |text| value::minor_units(text, digits)
    }

    /// The instant as of which the row was true: its own, else the file's. It is no content.
    pub(crate) fn as_of(&mut self) -> Result<DateTime<Utc>, Rejected> {
        if let Some((found, flaw)) = self.flaw(self.schema.as_of()) {
            return Err(self.note(AS_OF.name, found, flaw));
        }
        let text = self.text(self.schema.as_of());
        if text.is_empty() {
            return Ok(self.options.as_of);
        }
        self.past_instant()(text).map_err(|flaw| self.note(AS_OF.name, Shape::of(text), flaw))
    }

    /// What a mapping said about the cell of a column.
    fn flaw(&self, at: usize) -> Option<(Shape, Flaw)> {
        let (found, flaw) = self.raw.flaw(self.layout.cell_of(at)?)?;
        Some((found, flaw.clone()))
    }

    fn text(&self, at: usize) -> &'a str {
        self.layout.cell_of(at).map_or("", |cell| self.raw.cell(cell).trim())
    }

    fn note(&mut self, field: &str, found: Shape, flaw: Flaw) -> Rejected {
        self.rejections.push(Rejection::new(self.number, field, found, flaw));
        Rejected(())
    }
}
