//! The first look at a template, before any parser sees it.
//!
//! The engine's parser and renderer recurse, and a stack overflow ends the process: it cannot be caught. So everything
//! that decides about depth is measured here, by a loop, and what this loop might read differently from the parser
//! (raw blocks, escapes, braces inside a tag) is refused outright. Blocks of at most [`MAX_NESTING`] are far from any
//! limit of an ordinary stack; a test renders exactly that many.

use crate::email::Fault;

/// Blocks inside each other, at most. `{{else if}}` counts as one more, because it renders as one more.
pub(crate) const MAX_NESTING: usize = 64;

/// Brackets inside one tag, at most.
const MAX_BRACKETS: usize = 8;

/// A stretch of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// Byte offset in the source.
    pub(crate) at: usize,
    /// The source text, braces included.
    pub(crate) whole: &'a str,
    pub(crate) kind: Kind<'a>,
    /// How many blocks are open around it.
    pub(crate) depth: usize,
}

/// What a stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// Goes out as it stands.
    Text,
    /// Goes nowhere.
    Comment,
    /// A variable or a call, without braces and outer blanks.
    Value(&'a str),
    /// The start, the middle or the end of a block.
    Block,
}

/// Cuts `source` into pieces that cover it without a gap.
pub(crate) fn scan(source: &str) -> Result<Vec<Piece<'_>>, Fault> {
    if let Some((at, _)) =
        source.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\r' | '\n'))
    {
        return Err(Fault::new(at, "an invisible control character stands here; remove it"));
    }
    let mut scanner = Scanner { source, pieces: Vec::new(), open: Vec::new() };
    let mut at = 0;
    while let Some(found) = source[at..].find("{{") {
        let start = at + found;
        scanner.push(at, start, Kind::Text);
        at = scanner.tag(start)?;
    }
    scanner.push(at, source.len(), Kind::Text);
    match scanner.open.last() {
        Some(block) => Err(Fault::new(
            block.at,
            format!(
                "{{{{#{name}}}}} is opened here and never closed; add {{{{/{name}}}}}",
                name = block.name
            ),
        )),
        None => Ok(scanner.pieces),
    }
}

struct OpenBlock<'a> {
    name: &'a str,
    at: usize,
    /// 1, and 1 more for each `else`.
    levels: usize,
}

struct Scanner<'a> {
    source: &'a str,
    pieces: Vec<Piece<'a>>,
    open: Vec<OpenBlock<'a>>,
}

impl<'a> Scanner<'a> {
    fn push(&mut self, from: usize, to: usize, kind: Kind<'a>) {
        if from < to {
            self.pieces.push(Piece { at: from, whole: &self.source[from..to], kind, depth: self.open.len() });
        }
    }

    /// Reads the tag at `start` and returns where it ends.
    fn tag(&mut self, start: usize) -> Result<usize, Fault> {
        let source = self.source;
        if source[..start].ends_with('\\') {
            return Err(Fault::new(start, "a backslash before {{ is not supported; leave out the backslash"));
        }
        let rest = &source[start + 2..];
        if rest.starts_with('{') {
            return Err(Fault::new(
                start,
                "three braces would switch escaping off; write two, and in CSS a blank between { and {",
            ));
        }
        if rest.starts_with('!') {
            return self.comment(start);
        }
        let Some(length) = rest.find("}}") else {
            return Err(Fault::new(start, "{{ is opened here and never closed; add }}"));
        };
        let inner = &rest[..length];
        if inner.contains(['{', '}']) {
            return Err(Fault::new(start, "a brace inside a tag; write {{name}}"));
        }
        if inner.matches(['(', '[']).count() > MAX_BRACKETS {
            return Err(Fault::new(start, format!("more than {MAX_BRACKETS} brackets inside a tag")));
        }
        let end = start + 2 + length + 2;
        // It would take away the blank that keeps a value from becoming part of a link or of an HTML tag.
        if inner.starts_with('~') || inner.ends_with('~') {
            return Err(Fault::new(start, "~ is not available; leave it out"));
        }
        self.classify(start, end, inner.trim())?;
        Ok(end)
    }

    fn comment(&mut self, start: usize) -> Result<usize, Fault> {
        let (opening, closing) =
            if self.source[start..].starts_with("{{!--") { ("{{!--", "--}}") } else { ("{{!", "}}") };
        let body = &self.source[start + opening.len()..];
        let Some(length) = body.find(closing) else {
            return Err(Fault::new(start, format!("the comment is never closed; add {closing}")));
        };
        if body[..length].contains("{{") {
            return Err(Fault::new(start, "a comment must not contain {{; remove the tag inside it"));
        }
        let end = start + opening.len() + length + closing.len();
        self.push(start, end, Kind::Comment);
        Ok(end)
    }

    fn classify(&mut self, start: usize, end: usize, inner: &'a str) -> Result<(), Fault> {
        let word = |text: &'a str| text.trim_start().split(char::is_whitespace).next().unwrap_or_default();
        match inner.chars().next() {
            None => Err(Fault::new(start, "an empty tag; write the name of a variable between the braces")),
            Some('>' | '*') => {
                Err(Fault::new(start, "partials and decorators are not available; write the text itself"))
            }
            Some('&') => Err(Fault::new(start, "& would switch escaping off; leave it out")),
            Some('^') => Err(Fault::new(start, "write {{else}} in place of ^")),
            Some('#') => self.open(start, end, word(&inner[1..])),
            Some('/') => self.close(start, end, word(&inner[1..])),
            // The parser takes whatever begins with these four letters for an `else`.
            Some(_) if inner.starts_with("else") => self.otherwise(start, end),
            Some(_) => {
                self.push(start, end, Kind::Value(inner));
                Ok(())
            }
        }
    }

    fn open(&mut self, start: usize, end: usize, name: &'a str) -> Result<(), Fault> {
        if name.is_empty() || name.starts_with(['*', '>']) {
            return Err(Fault::new(
                start,
                "partials and decorators are not available; write {{#if name}} or {{#each list as |item|}}",
            ));
        }
        self.push(start, end, Kind::Block);
        self.open.push(OpenBlock { name, at: start, levels: 1 });
        self.depth_ends_at(start)
    }

    fn otherwise(&mut self, start: usize, end: usize) -> Result<(), Fault> {
        let Some(block) = self.open.last_mut() else {
            return Err(Fault::new(start, "{{else}} stands outside every block; remove it"));
        };
        block.levels += 1;
        self.push(start, end, Kind::Block);
        self.depth_ends_at(start)
    }

    fn close(&mut self, start: usize, end: usize, name: &'a str) -> Result<(), Fault> {
        match self.open.pop() {
            None => Err(Fault::new(start, format!("{{{{/{name}}}}} closes nothing; remove it"))),
            Some(block) if block.name != name => Err(Fault::new(
                start,
                format!("{{{{/{name}}}}} stands where {{{{/{}}}}} has to come first", block.name),
            )),
            Some(_) => {
                self.push(start, end, Kind::Block);
                Ok(())
            }
        }
    }

    fn depth_ends_at(&self, start: usize) -> Result<(), Fault> {
        let depth: usize = self.open.iter().map(|block| block.levels).sum();
        if depth > MAX_NESTING {
            return Err(Fault::new(
                start,
                format!("more than {MAX_NESTING} blocks inside each other; use fewer"),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(source: &str) -> String {
        scan(source).expect_err(source).message
    }

    #[test]
    fn what_the_parser_could_read_otherwise_is_refused() {
        for (source, why) in [
            (r"\{{x}}", "backslash"),
            ("{{{x}}}", "three braces"),
            ("{{{{raw}}}}{{{{/raw}}}}", "three braces"),
            ("{{x", "never closed"),
            ("{{!-- x", "never closed"),
            ("{{!-- {{/if}} --}}", "comment must not"),
            ("{{!--}} {{x}} --}}", "comment must not"),
            ("{{> card}}", "partials"),
            ("{{#> card}}{{/card}}", "partials"),
            ("{{#*inline \"a\"}}{{/inline}}", "partials"),
            ("{{* deco}}", "partials"),
            ("< {{~x}}", "~ is not available"),
            ("{{x~}}", "~ is not available"),
            ("{{&x}}", "escaping"),
            ("{{^}}", "{{else}}"),
            ("{{}}", "empty tag"),
            ("{{x {\"a\":1} }}", "brace inside"),
            ("{{else}}", "outside every block"),
            ("{{/if}}", "closes nothing"),
            ("{{#if a}}{{#each b}}{{/if}}{{/each}}", "has to come first"),
            ("a\u{0}b", "control character"),
        ] {
            assert!(refusal(source).contains(why), "{source}: {}", refusal(source));
        }
        assert!(refusal(&format!("{{{{f {}}}}}", "(".repeat(9))).contains("brackets"));
    }

    #[test]
    fn nesting_is_allowed_up_to_the_limit_and_else_counts() {
        let nested = |depth: usize| format!("{}x{}", "{{#if a}}".repeat(depth), "{{/if}}".repeat(depth));
        assert!(scan(&nested(MAX_NESTING)).is_ok());
        assert!(refusal(&nested(MAX_NESTING + 1)).contains("more than 64 blocks"));
        let chain = |links: usize| format!("{{{{#if a}}}}{}{{{{/if}}}}", "{{else if b}}".repeat(links));
        assert!(scan(&chain(MAX_NESTING - 1)).is_ok());
        assert!(refusal(&chain(MAX_NESTING)).contains("more than 64 blocks"));
        assert!(scan(&"{{#if a}}{{/if}}".repeat(1000)).is_ok(), "blocks side by side are not nested");
    }

    #[test]
    fn an_unclosed_block_is_reported_where_it_opens() {
        assert_eq!(scan("ab{{#if x}}c").unwrap_err().at, 2);
    }

    #[test]
    fn pieces_know_their_depth_and_their_inner_text() {
        let pieces = scan("a{{ b }}{{#if c}}{{d}}{{/if}}{{! e }}").unwrap();
        let kinds: Vec<_> = pieces.iter().map(|piece| (piece.kind, piece.depth)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Text, 0),
                (Kind::Value("b"), 0),
                (Kind::Block, 0),
                (Kind::Value("d"), 1),
                (Kind::Block, 0),
                (Kind::Comment, 0)
            ]
        );
    }

    proptest! {
        #[test]
        fn pieces_cover_the_source_without_a_gap(source in r"[a{}#/! ~\\é-]{0,40}|(\{\{[a-z!#/]{1,3}\}\}|x){0,8}") {
            if let Ok(pieces) = scan(&source) {
                prop_assert_eq!(pieces.iter().map(|piece| piece.whole).collect::<String>(), source);
            }
        }
    }
}
