//! Links: found once at compile time, replaced by slots, filled in for each recipient.
//!
//! They are replaced in the source and not in the rendered text, because escaping changes addresses (`=` becomes
//! `&#x3D;`), and because a value can never become a link that way. The unsubscribe page is an action link: it has its
//! own variable and is never among these (TR-02).

use std::ops::Range;

use model::ids::LinkNo;
use url::Url;

use crate::email::{ContentFinding, Fault, Part};
use crate::scan::{Kind, Piece};
use crate::variables::{LINKS, UNSUBSCRIBE};

/// Octets of an address, at most.
const MAX_URL: usize = 2_000;

/// Different links in one email, at most.
const MAX_LINKS: usize = 200;

/// A tracked link of a content: one per address, also when it stands in several places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Counted from 0, in the order of the HTML part.
    pub no: LinkNo,
    /// Where it leads, normalised (host as A-label).
    pub url: String,
}

/// The address that stands at a place.
pub(crate) struct Site {
    range: Range<usize>,
    url: String,
}

/// The links of one part.
#[derive(Default)]
pub(crate) struct PartLinks {
    pub(crate) sites: Vec<Site>,
    /// Whether the unsubscribe page is linked, whatever the values are.
    pub(crate) unsubscribe: bool,
    pub(crate) faults: Vec<Fault>,
}

/// The links at `hrefs`, the places of the `href` values in `source`.
pub(crate) fn in_html(source: &str, pieces: &[Piece<'_>], hrefs: &[Range<usize>]) -> PartLinks {
    let mut links = PartLinks::default();
    for href in hrefs {
        let value = source[href.clone()].trim();
        let inside = pieces.iter().find(|piece| href.contains(&piece.at) && piece.kind != Kind::Text);
        match inside {
            Some(piece) if piece.whole == value && piece.kind == Kind::Value(UNSUBSCRIBE) => {
                links.unsubscribe |= piece.depth == 0;
            }
            Some(piece) => links.faults.push(Fault::new(
                piece.at,
                format!(
                    "a link is written out, without braces; only {{{{{UNSUBSCRIBE}}}}} may be the whole of it"
                ),
            )),
            None => links.add(href.clone(), &decode(value)),
        }
    }
    links
}

/// The links in a plain text template: each `http://…` and `https://…`.
pub(crate) fn in_text(pieces: &[Piece<'_>]) -> PartLinks {
    let mut links = PartLinks::default();
    for (index, piece) in pieces.iter().enumerate() {
        match piece.kind {
            Kind::Value(UNSUBSCRIBE) if stands_alone(pieces, index) => links.unsubscribe |= piece.depth == 0,
            Kind::Value(UNSUBSCRIBE) => {
                let message =
                    format!("{UNSUBSCRIBE} touches something else; put a blank or a line break around it");
                links.faults.push(Fault::new(piece.at, message));
            }
            Kind::Text => links.bare(piece, index + 1 == pieces.len()),
            Kind::Value(_) | Kind::Block | Kind::Comment => {}
        }
    }
    links
}

/// Whether nothing around the piece at `index` can be taken for a part of its address.
fn stands_alone(pieces: &[Piece<'_>], index: usize) -> bool {
    let neighbour = |index: Option<usize>| index.and_then(|index| pieces.get(index));
    let open = |piece: &Piece<'_>| {
        piece.kind == Kind::Text && piece.whole.ends_with(|c: char| c.is_whitespace() || "<([:".contains(c))
    };
    let shut = |piece: &Piece<'_>| {
        piece.kind == Kind::Text
            && piece.whole.starts_with(|c: char| c.is_whitespace() || ">)].,".contains(c))
    };
    neighbour(index.checked_sub(1)).is_none_or(open) && neighbour(index.checked_add(1)).is_none_or(shut)
}

impl PartLinks {
    fn add(&mut self, range: Range<usize>, address: &str) {
        match destination(address) {
            Ok(url) => self.sites.push(Site { range, url }),
            Err(message) => self.faults.push(Fault::new(range.start, message)),
        }
    }

    fn bare(&mut self, piece: &Piece<'_>, last: bool) {
        let lower = piece.whole.to_ascii_lowercase();
        let mut at = 0;
        while let Some(start) = next_address(&lower, at) {
            let rest = &piece.whole[start..];
            let whole =
                &rest[..rest.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(rest.len())];
            let address = without_punctuation(whole);
            at = start + whole.len();
            let place = piece.at + start;
            if at == piece.whole.len() && !last {
                // What the tag renders to would become a part of the address.
                let message = "a link is written out, without braces; put a blank or a line break behind it";
                self.faults.push(Fault::new(place, message));
            } else {
                self.add(place..place + address.len(), address);
            }
        }
    }
}

fn next_address(lower: &str, from: usize) -> Option<usize> {
    let find = |scheme| lower[from..].find(scheme).map(|found| from + found);
    find("http://").into_iter().chain(find("https://")).min()
}

/// The address without the full stop of its sentence and without a bracket that was opened before it.
fn without_punctuation(mut address: &str) -> &str {
    loop {
        let closes_more = |open, close| address.matches(close).count() > address.matches(open).count();
        let cut = match address.chars().last() {
            Some('.' | ',' | ';' | ':' | '!' | '?' | '\'') => true,
            Some(')') => closes_more('(', ')'),
            Some(']') => closes_more('[', ']'),
            Some(_) | None => false,
        };
        if !cut {
            return address;
        }
        address = &address[..address.len() - 1];
    }
}

/// The normalised form of an address that a tracked link may lead to (TR-11).
fn destination(address: &str) -> Result<String, String> {
    let right = "write a whole address that begins with https://";
    if address.len() > MAX_URL {
        return Err(format!("this address is longer than {MAX_URL} characters"));
    }
    if address.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("a blank inside the address; {right}"));
    }
    let url = Url::parse(address).map_err(|error| format!("this is no link ({error}); {right}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("links lead to http or https pages, not to {}:; {right}", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address with a user name before the @ misleads people; leave it out".to_owned());
    }
    Ok(url.into())
}

/// Numbers the links and finds those that stand in one part only (EM-07).
pub(crate) fn unite(html: (&str, &PartLinks), text: (&str, &PartLinks)) -> (Vec<Link>, Vec<ContentFinding>) {
    let mut links: Vec<Link> = Vec::new();
    let mut findings = Vec::new();
    for (part, (source, here), other, other_part) in
        [(Part::Html, html, text.1, Part::Text), (Part::Text, text, html.1, Part::Html)]
    {
        for site in &here.sites {
            if !other.sites.iter().any(|there| there.url == site.url) {
                let message =
                    format!("the link {} is missing from the {other_part} part; add it there", site.url);
                findings.push(Fault::new(site.range.start, message).in_part(part, source));
            }
            if links.iter().any(|link| link.url == site.url) {
                continue;
            }
            match i16::try_from(links.len()) {
                Ok(no) if links.len() < MAX_LINKS => {
                    links.push(Link { no: LinkNo(no), url: site.url.clone() });
                }
                Ok(_) | Err(_) => {
                    let message = format!("more than {MAX_LINKS} different links");
                    findings.push(Fault::new(site.range.start, message).in_part(part, source));
                    return (links, findings);
                }
            }
        }
    }
    (links, findings)
}

/// A stretch of a source and what is to stand in its place.
pub(crate) type Edit = (Range<usize>, String);

/// The edits that put a slot in the place of each link.
pub(crate) fn slots(part: &PartLinks, links: &[Link]) -> Vec<Edit> {
    let number = |site: &Site| links.iter().find(|link| link.url == site.url).map(|link| link.no);
    let slot = |no: LinkNo| format!("{{{{{LINKS}.{no}}}}}");
    part.sites.iter().filter_map(|site| Some((site.range.clone(), slot(number(site)?)))).collect()
}

/// `source` after `edits`, which do not overlap.
pub(crate) fn edited(source: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut result = String::with_capacity(source.len());
    let mut at = 0;
    for (range, replacement) in edits {
        result.push_str(&source[at..range.start]);
        result.push_str(&replacement);
        at = range.end;
    }
    result.push_str(&source[at..]);
    result
}

/// An attribute value without the character references that occur in addresses.
fn decode(value: &str) -> String {
    let mut decoded = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        rest = &rest[start..];
        let reference = rest.find(';').and_then(|end| Some((character(&rest[1..end])?, end)));
        match reference {
            Some((c, end)) => {
                decoded.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::inspect;
    use crate::scan::scan;

    fn text(source: &str) -> PartLinks {
        in_text(&scan(source).unwrap())
    }

    fn html(source: &str) -> PartLinks {
        let pieces = scan(source).unwrap();
        in_html(source, &pieces, &inspect(source, &pieces).hrefs)
    }

    fn urls(part: &PartLinks) -> Vec<&str> {
        assert_eq!(part.faults, []);
        part.sites.iter().map(|site| &*site.url).collect()
    }

    #[test]
    fn addresses_in_text_end_where_a_person_would_end_them() {
        let source = "See https://a.example/x.\n(HTTP://b.example/y_(z)) <https://c.example/?q=1&r=2>, https://d.example/ {{#if e}}https://e.example {{/if}} https://f.example/. {{g}}";
        assert_eq!(
            urls(&text(source)),
            [
                "https://a.example/x",
                "http://b.example/y_(z)",
                "https://c.example/?q=1&r=2",
                "https://d.example/",
                "https://e.example/",
                "https://f.example/"
            ]
        );
    }

    #[test]
    fn references_in_html_addresses_are_decoded() {
        assert_eq!(
            urls(&html("<a href=\" https://a.example/?x=1&amp;y=2&#38;z&copy=&#x26;&\">")),
            ["https://a.example/?x=1&y=2&z&copy=&&"]
        );
    }

    #[test]
    fn only_plain_web_addresses_become_links() {
        for (address, why) in [
            ("javascript:alert(1)", "not to javascript:"),
            ("JaVaScRiPt&#58;alert(1)", "not to javascript:"),
            ("mailto:a@b.example", "not to mailto:"),
            ("/season", "no link"),
            ("#top", "no link"),
            ("", "no link"),
            ("https://", "no link"),
            ("https://bank.example@evil.example/", "user name"),
            ("https://a.example/ b", "blank inside"),
            ("java\nscript:alert(1)", "blank inside"),
            ("https://a.example/{{contact.email}}", "written out"),
            ("{{institution.name}}", "written out"),
            ("{{#if x}}https://a.example{{/if}}", "written out"),
            ("{{unsubscribe_url}}?x", "written out"),
        ] {
            let part = html(&format!("<a href=\"{address}\">"));
            assert!(
                part.faults.len() == 1 && part.faults[0].message.contains(why),
                "{address}: {:?}",
                part.faults
            );
        }
        for tag in [
            "{{contact.email}}",
            ".{{contact.email}}",
            "{{#if organisations}}{{contact.email}}{{/if}}",
            "{{! x }}",
        ] {
            let part = text(&format!("https://a.example/{tag}"));
            assert!(
                part.faults.len() == 1 && part.faults[0].message.contains("written out"),
                "{tag}: {:?}",
                part.faults
            );
        }
        assert!(
            html(&format!("<a href='https://a.example/{}'>", "x".repeat(2000))).faults[0]
                .message
                .contains("longer")
        );
    }

    #[test]
    fn the_unsubscribe_page_is_no_tracked_link_and_must_not_depend_on_anything() {
        let part = html("<a href='{{ unsubscribe_url }}'>");
        assert!(part.unsubscribe && part.sites.is_empty() && part.faults.is_empty());
        assert!(text("{{unsubscribe_url}}").unsubscribe);
        assert!(text("Stop: <{{unsubscribe_url}}>.").unsubscribe);
        for glued in ["{{unsubscribe_url}}{{contact.email}}", "x{{unsubscribe_url}}", "{{unsubscribe_url}}/x"]
        {
            assert!(text(glued).faults[0].message.contains("touches"), "{glued}");
        }
        assert!(!html("{{#if organisations}}<a href='{{unsubscribe_url}}'>{{/if}}").unsubscribe);
        assert!(!html("{{unsubscribe_url}}").unsubscribe, "words are no link");
        assert!(!text("{{#if organisations}}{{unsubscribe_url}}{{/if}}").unsubscribe);
    }

    #[test]
    fn one_address_has_one_number_in_both_parts() {
        let (html_source, text_source) = (
            "<a href='https://b.example'><a href='https://a.example/'><a href='https://B.example/'>",
            "https://a.example https://b.example/",
        );
        let (html, text) = (html(html_source), text(text_source));
        let (links, findings) = unite((html_source, &html), (text_source, &text));
        assert_eq!(findings, []);
        assert_eq!(
            links.iter().map(|link| (link.no.0, &*link.url)).collect::<Vec<_>>(),
            [(0, "https://b.example/"), (1, "https://a.example/")]
        );
        assert_eq!(
            edited(html_source, slots(&html, &links)),
            "<a href='{{links.0}}'><a href='{{links.1}}'><a href='{{links.0}}'>"
        );
        assert_eq!(edited(text_source, slots(&text, &links)), "{{links.1}} {{links.0}}");
    }

    #[test]
    fn a_link_in_one_part_only_is_found_at_its_place() {
        let (html_source, text_source) = ("\n<a href='https://a.example/'>", "https://b.example/");
        let (_, findings) = unite((html_source, &html(html_source)), (text_source, &text(text_source)));
        assert_eq!(
            findings.iter().map(|finding| (finding.part, finding.line, finding.column)).collect::<Vec<_>>(),
            [(Part::Html, 2, 10), (Part::Text, 1, 1)]
        );
        assert!(findings[0].message.contains("missing from the text part"), "{}", findings[0].message);
    }

    #[test]
    fn there_is_a_most_of_links() {
        let source: String = (0..=MAX_LINKS).map(|n| format!("<a href='https://a.example/{n}'>")).collect();
        let plain: String = (0..=MAX_LINKS).map(|n| format!("https://a.example/{n} ")).collect();
        let (links, findings) = unite((&source, &html(&source)), (&plain, &text(&plain)));
        assert_eq!((links.len(), findings.len()), (MAX_LINKS, 1));
    }
}
