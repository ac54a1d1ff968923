//! The beginning of a file: what it is, and whether it is what the caller said.

use std::io::{self, BufRead};

use crate::csv_source::CsvSource;
use crate::lines::{Lines, Piece, without_return};
use crate::mapping::{MappedSource, Mapping};
use crate::ndjson_source::NdjsonSource;
use crate::row::RawRow;
use crate::schema::{Layout, Schema};
use crate::{FileRefused, Format, MAX_ROW_BYTES, Rejection};

pub(crate) enum Source<R> {
    Csv(CsvSource<R>),
    Ndjson(NdjsonSource<R>),
    Mapped(Box<MappedSource<R>>),
}

impl<R: BufRead> Source<R> {
    pub(crate) fn open(format: Format, reader: R, schema: Schema) -> Result<Self, FileRefused> {
        let mut lines = Lines::new(reader);
        let start = match format {
            Format::Csv => "a header row",
            Format::Ndjson => "an object",
        };
        let first = first_line(&mut lines)?.ok_or(FileRefused::Empty { kind: schema.kind, start })?;
        let row = lines.complete;
        match (format, first.trim_start().as_bytes()) {
            (Format::Csv, [b'{' | b'[', ..]) => Err(FileRefused::OtherFormat {
                found: "the file looks like JSON, not like CSV",
                remedy: "import it as NDJSON, one flat object a line",
            }),
            (Format::Ndjson, [b'[', ..]) => Err(FileRefused::OtherFormat {
                found: "the file is one JSON array",
                remedy: "write one object a line, without brackets and commas around them",
            }),
            (Format::Csv, _) => CsvSource::open(lines, &first, row, schema).map(Self::Csv),
            (Format::Ndjson, _) => NdjsonSource::open(lines, first, row, schema).map(Self::Ndjson),
        }
    }

    /// A foreign file, which is CSV.
    pub(crate) fn open_mapped(reader: R, schema: Schema, mapping: &Mapping) -> Result<Self, FileRefused> {
        if mapping.kind() != schema.kind {
            return Err(FileRefused::OtherFormat {
                found: "the mapping is for another kind of file",
                remedy: "choose the mapping that is made for it",
            });
        }
        let mut lines = Lines::new(reader);
        let first =
            first_line(&mut lines)?.ok_or(FileRefused::Empty { kind: schema.kind, start: "a header row" })?;
        let row = lines.complete;
        MappedSource::open(lines, &first, row, schema, mapping).map(|source| Self::Mapped(Box::new(source)))
    }

    /// Names the columns as the file does, in rejections that name them as we do.
    pub(crate) fn name_columns(&self, rejections: &mut [Rejection]) {
        match self {
            Self::Csv(_) | Self::Ndjson(_) => {}
            Self::Mapped(mapped) => mapped.name_columns(rejections),
        }
    }

    pub(crate) const fn layout(&self) -> &Layout {
        match self {
            Self::Csv(csv) => csv.layout(),
            Self::Ndjson(ndjson) => ndjson.layout(),
            Self::Mapped(mapped) => mapped.layout(),
        }
    }

    pub(crate) fn next(
        &mut self,
        row: &mut RawRow,
        rejections: &mut Vec<Rejection>,
    ) -> io::Result<Option<u64>> {
        match self {
            Self::Csv(csv) => csv.next(row, rejections),
            Self::Ndjson(ndjson) => ndjson.next(row, rejections),
            Self::Mapped(mapped) => mapped.next(row, rejections),
        }
    }
}

/// The first line that is not blank, without byte order mark and line end.
fn first_line<R: BufRead>(lines: &mut Lines<R>) -> Result<Option<String>, FileRefused> {
    let mut octets = Vec::new();
    loop {
        octets.clear();
        let piece = lines.read(&mut octets, MAX_ROW_BYTES + 1)?;
        let line = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&octets);
        check_signature(line)?;
        match piece {
            Piece::End => return Ok(None),
            Piece::Part => return Err(FileRefused::FirstLineTooLong),
            Piece::Line => {}
        }
        let line = str::from_utf8(without_return(line))
            .map_err(|_| FileRefused::NotUtf8 { guess: ", perhaps Windows-1252 or Latin 1" })?;
        if !line.trim().is_empty() {
            return Ok(Some(line.to_owned()));
        }
    }
}

/// Recognises what people send instead of a text file.
fn check_signature(start: &[u8]) -> Result<(), FileRefused> {
    match start {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(FileRefused::NotUtf8 { guess: ", but UTF-16" }),
        [b'P', b'K', 3, 4, ..] => Err(FileRefused::OtherFormat {
            found: "the file is a ZIP archive or a spreadsheet",
            remedy: "unpack it, or save the sheet as CSV in UTF-8",
        }),
        [0x1F, 0x8B, ..] => {
            Err(FileRefused::OtherFormat { found: "the file is compressed", remedy: "unpack it first" })
        }
        _ => Ok(()),
    }
}
