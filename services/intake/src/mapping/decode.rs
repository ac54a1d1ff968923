//! Octets of another encoding as UTF-8, on the way.

use std::io::{self, BufRead, Read};

use encoding_rs::{DecoderResult, WINDOWS_1252};

use super::file::Encoding;
use crate::FileRefused;

/// Octets of UTF-8 that are made at once.
const ROOM: usize = 1 << 15;

/// A reader that gives UTF-8.
pub struct Decoder<R> {
    reader: R,
    /// `None`: the file is UTF-8, and passes as it is.
    table: Option<Table>,
}

struct Table {
    decoder: encoding_rs::Decoder,
    text: Vec<u8>,
    start: usize,
    end: usize,
    is_at_end: bool,
}

impl<R: BufRead> Decoder<R> {
    pub(crate) fn new(encoding: Encoding, mut reader: R) -> Result<Self, FileRefused> {
        if encoding == Encoding::Utf8 {
            return Ok(Self { reader, table: None });
        }
        // Any octets are Windows-1252: what says that it is something else is believed.
        let remedy = "correct the encoding of the mapping, or save the file as Windows-1252";
        match reader.fill_buf()? {
            [0xEF, 0xBB, 0xBF, ..] => {
                return Err(FileRefused::OtherFormat { found: "the file is UTF-8", remedy });
            }
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
                return Err(FileRefused::OtherFormat { found: "the file is UTF-16", remedy });
            }
            [0x1F, 0x8B, ..] => {
                let (found, remedy) = ("the file is compressed", "unpack it first");
                return Err(FileRefused::OtherFormat { found, remedy });
            }
            _ => {}
        }
        let table = Table {
            decoder: WINDOWS_1252.new_decoder_without_bom_handling(),
            text: vec![0; ROOM],
            start: 0,
            end: 0,
            is_at_end: false,
        };
        Ok(Self { reader, table: Some(table) })
    }
}

impl Table {
    fn fill<R: BufRead>(&mut self, reader: &mut R) -> io::Result<()> {
        while self.start == self.end && !self.is_at_end {
            let octets = reader.fill_buf()?;
            self.is_at_end = octets.is_empty();
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(octets, &mut self.text, self.is_at_end);
            reader.consume(read);
            (self.start, self.end) = (0, written);
            if let DecoderResult::Malformed(..) = result {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "an octet stands for no character"));
            }
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for Decoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let Some(table) = &mut self.table else { return self.reader.fill_buf() };
        table.fill(&mut self.reader)?;
        Ok(&table.text[table.start..table.end])
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.table {
            Some(table) => table.start = (table.start + amount).min(table.end),
            None => self.reader.consume(amount),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(into.len());
        into[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(octets: &[u8]) -> String {
        let mut text = String::new();
        let reader = io::BufReader::with_capacity(3, octets);
        Decoder::new(Encoding::Windows1252, reader).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn windows_1252_becomes_utf_8() {
        assert_eq!(decoded(b"Caf\xe9 \x80 \x92 \x9c"), "Café € ’ œ");
        assert_eq!(decoded(b""), "");
        let long: Vec<u8> = std::iter::repeat_n(0xe9, 3 * ROOM).collect();
        assert_eq!(decoded(&long), "é".repeat(3 * ROOM));
    }

    #[test]
    fn what_says_that_it_is_something_else_is_refused() {
        for (start, found) in
            [(&b"\xef\xbb\xbfa"[..], "UTF-8"), (b"\xff\xfea", "UTF-16"), (b"\x1f\x8b", "compressed")]
        {
            let refused = Decoder::new(Encoding::Windows1252, start).err().unwrap().to_string();
            assert!(refused.contains(found), "{refused}");
        }
        assert!(Decoder::new(Encoding::Utf8, &b"\xef\xbb\xbfa"[..]).is_ok());
    }
}
