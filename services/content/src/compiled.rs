//! From a source to something that can be rendered for a million recipients.

use handlebars::{Context, Handlebars, html_escape};
use model::address::EmailAddress;
use model::ids::LinkNo;

use crate::check::check;
use crate::email::{ContentFinding, EmailContent, Fault, Part};
use crate::engine::{self, RenderError};
use crate::html::{self, Html};
use crate::links::{self, Link, PartLinks};
use crate::scan::{Kind, Piece, scan};
use crate::variables::{RecipientContext, UNSUBSCRIBE, one_line};

const KIB: usize = 1 << 10;
/// Bytes of a subject or preheader template, at most.
const MAX_LINE_SOURCE: usize = 2 * KIB;
/// Bytes of a text template, and of what it renders to, at most.
const MAX_TEXT: usize = 64 * KIB;
/// Bytes of an HTML template, and of what it renders to, at most.
const MAX_HTML: usize = 256 * KIB;
/// Bytes of a rendered subject, at most.
const MAX_SUBJECT: usize = KIB;
/// Characters of the sender's name, at most.
const MAX_FROM_NAME: usize = 120;

/// One message's texts.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without controls (EM-05).
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Shows sizes only: a rendered message is personal data.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({}, {}, {} bytes)", self.subject.len(), self.text.len(), self.html.len())
    }
}

/// An accepted content: checked, its links extracted, its templates parsed.
///
/// Compile once per campaign and share; rendering takes `&self`, allocates no thread and is safe on an ordinary stack.
pub struct CompiledContent {
    source: EmailContent,
    hash: [u8; 32],
    links: Vec<Link>,
    html: Handlebars<'static>,
    plain: Handlebars<'static>,
}

impl CompiledContent {
    /// Checks and prepares `content`.
    ///
    /// The rules are those of a message that people can refuse: the unsubscribe page is linked from both parts,
    /// unconditionally (EM-07, EM-20).
    ///
    /// # Errors
    /// Everything an author has to correct, in the order of the parts and places.
    pub fn compile(content: &EmailContent) -> Result<Self, Vec<ContentFinding>> {
        let mut findings = sender_findings(content);
        let parts = [
            (Part::Subject, Some(&content.subject), MAX_LINE_SOURCE),
            (Part::Preheader, content.preheader.as_ref(), MAX_LINE_SOURCE),
            (Part::Text, Some(&content.text), MAX_TEXT),
            (Part::Html, Some(&content.html), MAX_HTML),
        ];
        let [_, preheader, text, html] = parts.map(|(part, source, limit)| {
            let source = source?;
            pieces_of(part, source, limit).map_err(|faults| placed(&mut findings, part, source, faults)).ok()
        });
        let (Some(text), Some(html)) = (text, html) else { return Err(sorted(findings)) };
        let found = html::inspect(&content.html, &html);
        let parts = Bodies {
            content,
            text: links::in_text(&text),
            html: links::in_html(&content.html, &html, &found.hrefs),
        };
        let links = parts.check(&found, &mut findings);
        if !findings.is_empty() {
            return Err(sorted(findings));
        }
        parts.build(&links, preheader.as_deref(), &found).map_err(|finding| vec![finding])
    }

    /// The source, as stored.
    #[must_use]
    pub fn source(&self) -> &EmailContent {
        &self.source
    }

    /// SHA-256 of the frozen version ([`EmailContent::hash`]).
    #[must_use]
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The tracked links, by number.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The texts for one recipient; `address_of` gives the recipient's own address for each tracked link.
    ///
    /// # Errors
    /// When a value makes a part longer than it may be. Rendering again gives the same error.
    pub fn render(
        &self,
        recipient: &RecipientContext,
        address_of: &dyn Fn(LinkNo) -> String,
    ) -> Result<Rendered, RenderError> {
        let links: Vec<_> = self.links.iter().map(|link| address_of(link.no)).collect();
        let context = Context::from(recipient.json(&links));
        let render = |engine, part, name, limit| engine::render(engine, part, name, &context, limit);
        let subject = render(&self.plain, Part::Subject, SUBJECT, MAX_SUBJECT)?;
        Ok(Rendered {
            subject: one_line(&subject),
            text: render(&self.plain, Part::Text, TEXT, MAX_TEXT)?,
            html: render(&self.html, Part::Html, HTML, MAX_HTML)?,
        })
    }
}

impl std::fmt::Debug for CompiledContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompiledContent").field("links", &self.links).finish_non_exhaustive()
    }
}

const SUBJECT: &str = "subject";
const TEXT: &str = "text";
const HTML: &str = "html";

/// The two bodies of a content with what was found in them.
struct Bodies<'a> {
    content: &'a EmailContent,
    text: PartLinks,
    html: PartLinks,
}

impl Bodies<'_> {
    /// Adds what is wrong with links and markup, and returns the numbered links.
    fn check(&self, found: &Html, findings: &mut Vec<ContentFinding>) -> Vec<Link> {
        let (text, html) = (&*self.content.text, &*self.content.html);
        let (links, one_sided) = links::unite((html, &self.html), (text, &self.text));
        findings.extend(one_sided);
        placed(findings, Part::Html, html, found.faults.clone());
        for (part, source, here) in [(Part::Html, html, &self.html), (Part::Text, text, &self.text)] {
            placed(findings, part, source, here.faults.clone());
            if !here.unsubscribe {
                let how = if part == Part::Html {
                    "<a href=\"{{unsubscribe_url}}\">…</a>"
                } else {
                    "{{unsubscribe_url}}"
                };
                let message = format!("{UNSUBSCRIBE} is missing; write {how} outside every block");
                findings.push(Fault::new(source.len(), message).in_part(part, source));
            }
        }
        if self.content.preheader.is_some() && found.body_start.is_none() {
            findings.push(
                Fault::new(0, "a preheader needs a <body> to stand in; add it").in_part(Part::Html, html),
            );
        }
        links
    }

    fn build(
        &self,
        links: &[Link],
        preheader: Option<&[Piece<'_>]>,
        found: &Html,
    ) -> Result<CompiledContent, ContentFinding> {
        let content = self.content;
        let mut edits = links::slots(&self.html, links);
        if let (Some(preheader), Some(body)) = (preheader, found.body_start) {
            edits.push((body..body, hidden(preheader)));
        }
        let html = links::edited(&content.html, edits);
        let text = links::edited(&content.text, links::slots(&self.text, links));
        let mut compiled = CompiledContent {
            source: content.clone(),
            hash: content.hash(),
            links: links.to_vec(),
            html: engine::html_engine(),
            plain: engine::plain_engine(),
        };
        let place =
            |part| move |fault: Fault| ContentFinding { part, line: 1, column: 1, message: fault.message };
        compiled
            .plain
            .register_template(SUBJECT, engine::parse(&content.subject).map_err(place(Part::Subject))?);
        compiled.plain.register_template(TEXT, engine::parse(&text).map_err(place(Part::Text))?);
        compiled.html.register_template(HTML, engine::parse(&html).map_err(place(Part::Html))?);
        // The least that any recipient has: what fails here would fail for everybody.
        let trial = compiled.render(&RecipientContext::bare(), &|_| "https://example.org/".into());
        trial.map_err(|error| {
            let (RenderError::TooLong { part, .. }
            | RenderError::TooManyLoops { part }
            | RenderError::Refused { part, .. }) = error;
            place(part)(Fault::new(0, error.to_string()))
        })?;
        Ok(compiled)
    }
}

/// The preheader as mail programs expect it: first in the body, and not shown there.
fn hidden(preheader: &[Piece<'_>]) -> String {
    let line: String = preheader
        .iter()
        .map(|piece| match piece.kind {
            Kind::Text => html_escape(piece.whole),
            Kind::Value(_) | Kind::Block | Kind::Comment => piece.whole.to_owned(),
        })
        .collect();
    format!("<div style=\"display:none;max-height:0;overflow:hidden\">{line}</div>")
}

/// Size, shape and names of one template.
fn pieces_of(part: Part, source: &str, limit: usize) -> Result<Vec<Piece<'_>>, Vec<Fault>> {
    if source.len() > limit {
        return Err(vec![Fault::new(limit, format!("longer than {limit} bytes; shorten it"))]);
    }
    if source.trim().is_empty() {
        return Err(vec![Fault::new(0, "there is nothing here; write it")]);
    }
    let one_line = matches!(part, Part::Subject | Part::Preheader);
    if let (true, Some(at)) = (one_line, source.find(['\r', '\n'])) {
        return Err(vec![Fault::new(at, "this is one line; remove the line break")]);
    }
    let pieces = scan(source).map_err(|fault| vec![fault])?;
    let template = engine::parse(source).map_err(|fault| vec![fault])?;
    let faults = check(part, source, &template);
    if faults.is_empty() { Ok(pieces) } else { Err(faults) }
}

fn sender_findings(content: &EmailContent) -> Vec<ContentFinding> {
    let mut findings = Vec::new();
    let name = &content.from_name;
    if name.trim().is_empty() {
        placed(&mut findings, Part::FromName, name, vec![Fault::new(0, "there is no name; write who sends")]);
    }
    if name.chars().count() > MAX_FROM_NAME {
        let message = format!("longer than {MAX_FROM_NAME} characters; shorten it");
        placed(&mut findings, Part::FromName, name, vec![Fault::new(0, message)]);
    }
    if one_line(name) != name.trim() {
        let message = "an invisible control character or line break stands here; remove it (EM-05)";
        placed(&mut findings, Part::FromName, name, vec![Fault::new(0, message)]);
    }
    if let Err(error) = EmailAddress::parse(&content.reply_to) {
        placed(&mut findings, Part::ReplyTo, &content.reply_to, vec![Fault::new(0, error.to_string())]);
    }
    findings
}

fn placed(findings: &mut Vec<ContentFinding>, part: Part, source: &str, faults: Vec<Fault>) {
    findings.extend(faults.into_iter().map(|fault| fault.in_part(part, source)));
}

fn sorted(mut findings: Vec<ContentFinding>) -> Vec<ContentFinding> {
    findings.sort_by_key(|finding| (finding.part, finding.line, finding.column));
    findings
}

#[cfg(test)]
mod tests;
