use super::*;
use crate::scan::MAX_NESTING;

fn content() -> EmailContent {
    EmailContent {
        subject: "News from {{organisation.name}}".into(),
        preheader: None,
        text: "Dear {{fallback contact.first_name \"you\"}}, https://a.example/?b=1&c=2 {{unsubscribe_url}}".into(),
        html: "<html><body>Dear {{fallback contact.first_name \"you\"}}, <a href=\"https://a.example/?b=1&amp;c=2\">x</a> <a href=\"{{unsubscribe_url}}\">stop</a></body></html>".into(),
        from_name: "Théâtre".into(),
        reply_to: "box@theatre.example".into(),
    }
}

fn findings(content: &EmailContent) -> Vec<ContentFinding> {
    CompiledContent::compile(content).expect_err("there is something to find")
}

fn recipient() -> RecipientContext {
    RecipientContext { first_name: Some("Zoé".into()), ..RecipientContext::bare() }
}

fn render(content: &EmailContent, recipient: &RecipientContext) -> Rendered {
    let compiled = CompiledContent::compile(content).unwrap();
    compiled.render(recipient, &|no| format!("https://t.example/c/{no}?k=v")).unwrap()
}

#[test]
fn links_become_the_recipients_own_and_the_unsubscribe_page_stays() {
    let compiled = CompiledContent::compile(&content()).unwrap();
    assert_eq!(compiled.links(), [Link { no: LinkNo(0), url: "https://a.example/?b=1&c=2".into() }]);
    assert_eq!(compiled.hash(), &content().hash());
    let rendered = render(&content(), &recipient());
    assert_eq!(rendered.subject, "News from Organisation");
    assert_eq!(rendered.text, "Dear Zoé, https://t.example/c/0?k=v https://example.org/u/x");
    assert!(rendered.html.contains("<a href=\"https://t.example/c/0?k&#x3D;v\">"), "{}", rendered.html);
    assert!(rendered.html.contains("<a href=\"https://example.org/u/x\">"), "{}", rendered.html);
    assert!(!rendered.html.contains("a.example") && !rendered.text.contains("a.example"));
}

/// Attack 1 of the list of hostile input: template syntax in data.
#[test]
fn template_syntax_in_every_field_of_a_recipient_arrives_literally() {
    let all = "{{contact.first_name}}|{{contact.last_name}}|{{contact.language}}|{{contact.email}}|{{organisation.name}}|{{institution.name}}|{{#each organisations as |o|}}{{o}}{{/each}}";
    let guarded = format!(
        "{{{{#if contact.first_name}}}}{{{{#if contact.last_name}}}}{{{{#if contact.language}}}}{all}{{{{/if}}}}{{{{/if}}}}{{{{/if}}}}"
    );
    let mut content = content();
    content.subject.clone_from(&guarded);
    content.text = format!("{guarded}{}", content.text);
    content.html = content.html.replace("<body>", &format!("<body>{guarded}"));
    for attack in
        ["{{7*7}}", "{{{contact.email}}}", "{{#each x}}", "{{> x}}", "{{links.0}}", "${7*7}", "<%= 7 %>"]
    {
        let field = |n: u8| format!("{attack}{n}");
        let recipient = RecipientContext {
            first_name: Some(field(1)),
            last_name: Some(field(2)),
            language: Some(field(3)),
            email: field(4),
            organisation: field(5),
            institution: field(6),
            organisations: vec![field(7)],
            unsubscribe_url: "https://example.org/u/x".into(),
        };
        let rendered = render(&content, &recipient);
        let expected = (1..=7).map(field).collect::<Vec<_>>().join("|");
        assert_eq!(rendered.subject, expected);
        assert!(rendered.text.starts_with(&expected), "{}", rendered.text);
        assert!(rendered.html.contains(&html_escape(&expected)), "{}", rendered.html);
    }
}

#[test]
fn values_are_escaped_in_html_and_only_there() {
    let name = "<b onclick=\"x\">&'`=";
    let mut content = content();
    content.subject = "{{organisation.name}}".into();
    content.html =
        content.html.replace("<body>", "<body><img alt=\"{{organisation.name}}\">{{organisation.name}}");
    content.text.push_str(" {{organisation.name}}");
    let rendered = render(&content, &RecipientContext { organisation: name.into(), ..recipient() });
    assert_eq!(rendered.subject, name);
    assert!(rendered.text.ends_with(name));
    let escaped = "&lt;b onclick&#x3D;&quot;x&quot;&gt;&amp;&#x27;&#x60;&#x3D;";
    assert!(rendered.html.contains(&format!("<img alt=\"{escaped}\">{escaped}")), "{}", rendered.html);
}

/// EM-05.
#[test]
fn a_subject_is_one_line_whatever_the_values_hold() {
    for breaks in
        ["a\r\nBcc: b@c.example", "a\nb", "a\rb", "a\0b", "a\u{2028}b", "a\u{2029}b", "a\u{85}b", "\u{1b}[2J"]
    {
        let rendered = render(&content(), &RecipientContext { organisation: breaks.into(), ..recipient() });
        assert!(
            !rendered.subject.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')),
            "{breaks:?}"
        );
        assert!(!rendered.text.contains(['\r', '\n', '\0']), "{breaks:?}");
    }
}

#[test]
fn what_is_missing_takes_its_fallback() {
    let rendered = render(&content(), &RecipientContext::bare());
    assert!(rendered.text.starts_with("Dear you, ") && rendered.html.contains("Dear you, "));
}

#[test]
fn a_preheader_goes_hidden_to_the_top_of_the_body() {
    let mut content = content();
    content.preheader = Some("3 < 4 {{organisation.name}}".into());
    let rendered = render(&content, &RecipientContext { organisation: "A&B".into(), ..recipient() });
    let expected =
        "<body><div style=\"display:none;max-height:0;overflow:hidden\">3 &lt; 4 A&amp;B</div>Dear";
    assert!(rendered.html.contains(expected), "{}", rendered.html);
    content.html = content.html.replace("<body>", "");
    assert!(findings(&content)[0].message.contains("add it"));
}

#[test]
fn every_finding_has_its_part_and_place() {
    let mut content = content();
    content.subject = "x\r\nBcc: y".into();
    content.text = "\n {{contact.nickname}} {{unsubscribe_url}}".into();
    content.from_name = "a\nb".into();
    content.reply_to = "nobody".into();
    let found = findings(&content);
    let places: Vec<_> = found.iter().map(|finding| (finding.part, finding.line, finding.column)).collect();
    assert_eq!(
        places,
        [(Part::Subject, 1, 2), (Part::Text, 2, 2), (Part::FromName, 1, 1), (Part::ReplyTo, 1, 1)]
    );
    let message = found[1].to_string();
    assert!(
        message.starts_with(
            "text, line 2, column 2: contact.nickname is not a variable; there are contact.first_name"
        ),
        "{message}"
    );
}

#[test]
fn both_parts_need_the_unsubscribe_page() {
    let mut content = content();
    content.text = content.text.replace("{{unsubscribe_url}}", "");
    content.html = content.html.replace("{{unsubscribe_url}}", "https://a.example/?b=1&amp;c=2");
    let found = findings(&content);
    assert_eq!(found.iter().map(|finding| finding.part).collect::<Vec<_>>(), [Part::Text, Part::Html]);
    assert!(found.iter().all(|finding| finding.message.contains("unsubscribe_url is missing")), "{found:?}");
}

#[test]
fn links_of_both_parts_are_the_same() {
    let mut content = content();
    content.text.push_str(" https://b.example/");
    let found = findings(&content);
    assert!(found.len() == 1 && found[0].message.contains("missing from the html part"), "{found:?}");
}

#[test]
fn sources_have_sizes() {
    let text = |length: usize| "x".repeat(length);
    let long = [
        (Part::Subject, EmailContent { subject: text(MAX_LINE_SOURCE + 1), ..content() }),
        (Part::Preheader, EmailContent { preheader: Some(text(MAX_LINE_SOURCE + 1)), ..content() }),
        (Part::Text, EmailContent { text: content().text + " " + &text(MAX_TEXT), ..content() }),
        (Part::Html, EmailContent { html: content().html + &text(MAX_HTML), ..content() }),
        (Part::FromName, EmailContent { from_name: text(MAX_FROM_NAME + 1), ..content() }),
    ];
    for (part, content) in long {
        let found = findings(&content);
        assert!(
            found.len() == 1 && found[0].part == part && found[0].message.contains("longer than"),
            "{found:?}"
        );
    }
    let mut empty = content();
    empty.subject = " ".into();
    assert!(findings(&empty)[0].message.contains("nothing here"));
}

#[test]
fn a_value_that_is_too_long_ends_the_rendering_and_is_not_in_the_error() {
    let compiled = CompiledContent::compile(&content()).unwrap();
    let recipient = RecipientContext { organisation: "secret ".repeat(1000), ..recipient() };
    let error = compiled.render(&recipient, &|_| String::new()).unwrap_err();
    assert_eq!(error, RenderError::TooLong { part: Part::Subject, limit: MAX_SUBJECT });
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn what_no_recipient_could_get_is_found_at_compile_time() {
    let mut content = content();
    content.subject = "x".repeat(MAX_SUBJECT + 1);
    let found = findings(&content);
    assert!(found.len() == 1 && found[0].message.contains("longer than 1024 bytes"), "{found:?}");
}

/// Trap F4: a stack overflow ends the process. Exactly the allowed nesting, on the stack of an async worker thread.
#[test]
fn the_deepest_allowed_nesting_renders_on_a_small_stack() {
    let nested =
        |open: &str, close: &str| format!("{}x{}", open.repeat(MAX_NESTING), close.repeat(MAX_NESTING));
    let ifs = nested("{{#if contact.first_name}}", "{{/if}}");
    let loops: String =
        (0..MAX_NESTING).map(|n| format!("{{{{#each organisations as |o{n}|}}}}")).collect::<String>()
            + "x"
            + &"{{/each}}".repeat(MAX_NESTING);
    let chain = format!(
        "{{{{#if contact.first_name}}}}{}x{{{{/if}}}}",
        "{{else if contact.last_name}}".repeat(MAX_NESTING - 1)
    );
    let mut content = content();
    content.subject = chain.clone();
    content.text = format!("{ifs}{loops}{}", content.text);
    content.html = content.html.replace("<body>", &format!("<body>{loops}{ifs}{chain}"));
    content.subject.push('s');
    let small = std::thread::Builder::new().stack_size(2 << 20).spawn(move || render(&content, &recipient()));
    let rendered = small.unwrap().join().unwrap();
    assert!(rendered.text.starts_with("xxDear"), "{}", rendered.text);
}

#[test]
fn debug_shows_no_text_of_a_message() {
    assert_eq!(format!("{:?}", render(&content(), &recipient())), "Rendered(22, 60, 126 bytes)");
    let compiled = CompiledContent::compile(&content()).unwrap();
    assert!(!format!("{compiled:?}").contains("Dear"));
}
