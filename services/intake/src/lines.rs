//! Lines of a reader, never more of one than asked for.

use std::io::{self, BufRead, ErrorKind};

use memchr::memchr;

/// What [`Lines::read`] appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Nothing: the input is at its end.
    End,
    /// The rest of a line, without its line feed.
    Line,
    /// As much of a line as there was room for; more of it follows.
    Part,
}

pub(crate) struct Lines<R> {
    reader: R,
    /// Lines that were read to their end.
    pub(crate) complete: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader, complete: 0 }
    }

    /// Appends the next line or what there is `room` for.
    pub(crate) fn read(&mut self, buffer: &mut Vec<u8>, room: usize) -> io::Result<Piece> {
        let start = buffer.len();
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(self.last_line(buffer.len() > start));
            }
            let window = &available[..available.len().min(room - (buffer.len() - start))];
            if let Some(end) = memchr(b'\n', window) {
                buffer.extend_from_slice(&window[..end]);
                self.reader.consume(end + 1);
                self.complete += 1;
                return Ok(Piece::Line);
            }
            let taken = window.len();
            buffer.extend_from_slice(window);
            self.reader.consume(taken);
            if buffer.len() - start == room {
                return Ok(Piece::Part);
            }
        }
    }

    /// A last line may lack its line feed.
    fn last_line(&mut self, has_text: bool) -> Piece {
        if !has_text {
            return Piece::End;
        }
        self.complete += 1;
        Piece::Line
    }
}

/// A line without the carriage return before its line feed.
pub(crate) fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_or_in_parts() {
        let mut lines = Lines::new(io::BufReader::with_capacity(3, "ab\n\nlonger line\nend".as_bytes()));
        let mut read = |room| {
            let mut buffer = Vec::new();
            let piece = lines.read(&mut buffer, room).unwrap();
            (piece, String::from_utf8(buffer).unwrap())
        };
        assert_eq!(read(10), (Piece::Line, "ab".into()));
        assert_eq!(read(10), (Piece::Line, String::new()));
        assert_eq!(read(7), (Piece::Part, "longer ".into()));
        assert_eq!(read(7), (Piece::Line, "line".into()));
        assert_eq!(read(7), (Piece::Line, "end".into()));
        assert_eq!(read(7), (Piece::End, String::new()));
        assert_eq!(lines.complete, 4);
    }
}
