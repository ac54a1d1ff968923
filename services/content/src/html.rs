//! What an HTML template must not do, and where its links are.
//!
//! Escaping keeps a value harmless between tags and inside a quoted attribute that holds plain words; nowhere else. So
//! the places where a value may stand are a short list, and everything that runs or loads something is refused.
//! This is no sanitiser: the author is trusted with layout, not with making a recipient's name part of the markup.

use crate::email::Fault;
use crate::scan::{Kind, Piece};

/// Where the parts of interest are, as byte offsets into the source.
#[derive(Default)]
pub(crate) struct Html {
    /// The value of each `href`, without quotation marks.
    pub(crate) hrefs: Vec<std::ops::Range<usize>>,
    /// Directly behind `<body …>`.
    pub(crate) body_start: Option<usize>,
    pub(crate) faults: Vec<Fault>,
}

/// Elements that run, load, submit, or change how the rest is read.
const FORBIDDEN: &[&str] = &[
    "applet",
    "base",
    "button",
    "embed",
    "form",
    "frame",
    "frameset",
    "iframe",
    "input",
    "link",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "svg",
    "template",
    "textarea",
    "xmp",
];

/// Attributes whose value is plain words.
const WORDS: &[&str] = &["alt", "aria-label", "lang", "title"];

/// Stands for each byte of a tag of the template; [`crate::scan::scan`] lets no control character into a source.
const MARK: u8 = 0x1A;

/// Looks through `source`, which was cut into `pieces`.
pub(crate) fn inspect(source: &str, pieces: &[Piece<'_>]) -> Html {
    let mut masked = source.as_bytes().to_vec();
    for piece in pieces.iter().filter(|piece| piece.kind != Kind::Text) {
        masked[piece.at..piece.at + piece.whole.len()].fill(MARK);
    }
    let mut inspector = Inspector { pieces, masked, at: 0, found: Html::default() };
    inspector.run();
    inspector.found
}

struct Inspector<'a> {
    pieces: &'a [Piece<'a>],
    masked: Vec<u8>,
    at: usize,
    found: Html,
}

impl Inspector<'_> {
    fn run(&mut self) {
        while let Some(start) = self.find(self.at, b"<") {
            self.at = start;
            let rest = &self.masked[start..];
            match rest.get(1) {
                Some(b'!') if rest.starts_with(b"<!-->") => self.at += 5,
                // Outlook reads what stands inside a conditional comment, so it is read here too.
                Some(b'!') if rest.starts_with(b"<!--") && !rest.starts_with(b"<!--[if") => self.skip(b"-->"),
                Some(b'!' | b'?') => self.skip(b">"),
                Some(b'/') if rest.get(2) == Some(&MARK) => self.name_from_a_value(),
                Some(b'/') => self.skip(b">"),
                Some(&MARK) => self.name_from_a_value(),
                Some(letter) if letter.is_ascii_alphabetic() => self.element(),
                Some(_) | None => self.at += 1,
            }
        }
    }

    fn name_from_a_value(&mut self) {
        self.fault(
            self.at,
            "a value must not become the name of an HTML tag; write &lt; for a less-than sign",
        );
        self.at += 1;
    }

    fn element(&mut self) {
        let start = self.at;
        let name = self.word(start + 1, b"/>");
        let element = self.lower(&name);
        self.at = name.end;
        if self.masked[name].contains(&MARK) {
            self.fault(start, "a value must not become the name of an HTML tag; write the tag out");
        } else if FORBIDDEN.contains(&&*element) {
            self.fault(start, format!("<{element}> is not allowed in an email; remove it"));
        }
        while self.attribute(start) {}
        match &*element {
            "style" => self.style(),
            "body" if self.found.body_start.is_none() && self.depth(start) == 0 => {
                self.found.body_start = Some(self.at);
            }
            _ => {}
        }
    }

    /// Reads one attribute of the element at `element`; false at its end.
    fn attribute(&mut self, element: usize) -> bool {
        while self.masked.get(self.at).is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/') {
            self.at += 1;
        }
        match self.masked.get(self.at) {
            None => {
                self.fault(element, "this HTML tag is never closed; add >");
                return false;
            }
            Some(b'>') => {
                self.at += 1;
                return false;
            }
            Some(_) => {}
        }
        // At least one byte, so that a stray `=` cannot hold the loop.
        let mut name = self.word(self.at + 1, b"=/>");
        name.start -= 1;
        self.at = self.blanks(name.end);
        if self.masked[name.clone()].contains(&MARK) {
            self.fault(name.start, "inside an HTML tag a value may stand only in quotation marks");
        }
        if self.masked.get(self.at) != Some(&b'=') {
            return true;
        }
        self.at = self.blanks(self.at + 1);
        let (value, quoted) = match self.masked.get(self.at) {
            Some(quote @ (b'"' | b'\'')) => match self.find(self.at + 1, &[*quote]) {
                Some(end) => (self.at + 1..end, true),
                None => {
                    self.fault(self.at, "this quotation mark is never closed");
                    self.at = self.masked.len();
                    return true;
                }
            },
            Some(_) | None => (self.word(self.at, b">"), false),
        };
        self.at = value.end + usize::from(quoted);
        self.judge(&self.lower(&name), value, quoted);
        true
    }

    fn judge(&mut self, name: &str, value: std::ops::Range<usize>, quoted: bool) {
        let marked = self.masked[value.clone()].contains(&MARK);
        if name.starts_with("on") {
            self.fault(value.start, format!("{name} would run a script; remove it"));
        } else if name == "http-equiv" && self.lower(&value) == "refresh" {
            self.fault(value.start, "an email must not redirect; remove the refresh");
        } else if marked && !quoted {
            self.fault(value.start, format!("put the value of {name} into quotation marks"));
        } else if name == "href" {
            self.found.hrefs.push(value);
        } else if marked && !(WORDS.contains(&name) && self.only_values(&value)) {
            self.fault(
                value.start,
                format!("nothing between braces may stand in {name}; only in {}", WORDS.join(", ")),
            );
        }
    }

    fn only_values(&self, range: &std::ops::Range<usize>) -> bool {
        let mut inside = self.pieces.iter().filter(|piece| range.contains(&piece.at));
        inside.all(|piece| matches!(piece.kind, Kind::Text | Kind::Value(_)))
    }

    /// Style sheets end at their closing tag whatever stands before it.
    fn style(&mut self) {
        let end = self.masked[self.at..]
            .windows(7)
            .position(|bytes| bytes.eq_ignore_ascii_case(b"</style"))
            .map_or(self.masked.len(), |found| self.at + found);
        if let Some(mark) = self.masked[self.at..end].iter().position(|byte| *byte == MARK) {
            self.fault(self.at + mark, "nothing between braces may stand in a style sheet; use a class");
        }
        self.at = end;
    }

    fn depth(&self, at: usize) -> usize {
        self.pieces.iter().rev().find(|piece| piece.at <= at).map_or(0, |piece| piece.depth)
    }

    fn skip(&mut self, end: &[u8]) {
        match self.find(self.at, end) {
            Some(found) => self.at = found + end.len(),
            None => {
                self.fault(self.at, format!("this is never closed; add {}", String::from_utf8_lossy(end)));
                self.at = self.masked.len();
            }
        }
    }

    fn find(&self, from: usize, what: &[u8]) -> Option<usize> {
        let rest = self.masked.get(from..)?;
        rest.windows(what.len()).position(|bytes| bytes == what).map(|found| from + found)
    }

    /// From `from` to the next blank or one of `ends`.
    fn word(&self, from: usize, ends: &[u8]) -> std::ops::Range<usize> {
        let rest = self.masked.get(from..).unwrap_or_default();
        let length = rest.iter().position(|byte| byte.is_ascii_whitespace() || ends.contains(byte));
        from..from + length.unwrap_or(rest.len())
    }

    fn blanks(&self, from: usize) -> usize {
        let rest = self.masked.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    fn lower(&self, range: &std::ops::Range<usize>) -> String {
        String::from_utf8_lossy(&self.masked[range.clone()]).to_ascii_lowercase()
    }

    fn fault(&mut self, at: usize, message: impl Into<String>) {
        self.found.faults.push(Fault::new(at, message));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scan::scan;

    fn look(source: &str) -> Html {
        inspect(source, &scan(source).unwrap())
    }

    fn only_fault(source: &str) -> String {
        let mut faults = look(source).faults;
        assert_eq!(faults.len(), 1, "{source}: {faults:?}");
        faults.remove(0).message
    }

    #[test]
    fn what_runs_or_loads_is_refused() {
        for source in [
            "<SCRIPT>x</script>",
            "<iframe src='x'>",
            "<form>",
            "<base href2=x>",
            "<svg/onload=x>",
            "<link rel=x>",
        ] {
            assert!(!look(source).faults.is_empty(), "{source}");
        }
        assert!(only_fault("<img OnError='x'>").contains("script"));
        assert!(only_fault("<meta http-equiv=\"Refresh\" content='0'>").contains("redirect"));
    }

    #[test]
    fn a_value_stands_in_text_or_in_quoted_words() {
        for fine in [
            "<p>{{x}}</p>",
            "<img alt=\"{{x}} y\">",
            "<html lang='{{x}}'>",
            "a < b {{x}}",
            "<!-- {{x}} -->",
            "<p title='{{fallback x \"y\"}}'>",
        ] {
            assert_eq!(look(fine).faults, [], "{fine}");
        }
        for (source, why) in [
            ("<p class={{x}}>", "quotation marks"),
            ("<p {{x}}>", "quotation marks"),
            ("<p {{#if x}}class='a'{{/if}}>", "quotation marks"),
            ("<p{{x}}>", "name of an HTML tag"),
            ("<{{x}}>", "name of an HTML tag"),
            ("</{{x}}>", "name of an HTML tag"),
            ("<p style='{{x}}'>", "only in alt"),
            ("<img src='https://x/{{x}}'>", "only in alt"),
            ("<img alt='{{#if x}}y{{/if}}'>", "only in alt"),
            ("<style>p{color:{{x}} }</style>", "style sheet"),
            ("<p class='x", "never closed"),
            ("<p", "never closed"),
            ("<!-- x", "never closed"),
        ] {
            let faults = look(source).faults;
            assert!(faults.iter().any(|fault| fault.message.contains(why)), "{source}: {faults:?}");
        }
    }

    #[test]
    fn links_are_found_also_inside_conditional_comments() {
        let source = "<a href=\"1\">x</a><!--[if mso]><v:rect href='2'><![endif]--><!--[if !mso]><!--><a HREF = 3 ><!--<![endif]--><!-- <a href='no'> -->";
        let html = look(source);
        assert_eq!(html.faults, []);
        assert_eq!(
            html.hrefs.iter().map(|range| &source[range.clone()]).collect::<Vec<_>>(),
            ["1", "2", "3"]
        );
    }

    #[test]
    fn the_start_of_the_body_is_known_unless_it_is_conditional() {
        assert_eq!(look("<body a='>'>x").body_start, Some(12));
        assert_eq!(look("{{#if x}}<body>{{/if}}").body_start, None);
    }

    #[test]
    fn a_greater_than_sign_in_a_style_sheet_or_quotation_marks_ends_nothing() {
        assert_eq!(look("<style>a>b{}<a href='no'></style><a title='>' href='yes'>").hrefs.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through_to_its_end(source in r#"([<>/="' abé!\[-]|href|style|\{\{x\}\}){0,60}"#) {
            if let Ok(pieces) = scan(&source) {
                let html = inspect(&source, &pieces);
                for range in html.hrefs {
                    prop_assert!(source.get(range).is_some());
                }
            }
        }
    }
}
