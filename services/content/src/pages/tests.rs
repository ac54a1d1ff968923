use std::collections::BTreeSet;

use super::*;

const SENDER: Sender<'_> =
    Sender { organisation: Some("Théâtre <A> & Co"), institution: "Scènes {{7*7}} {organisation}" };

fn render(page: Page<'_>, language: &str) -> String {
    Pages::new().unwrap().render(&page, language).unwrap()
}

#[test]
fn every_page_renders_in_every_language_and_needs_neither_script_nor_image() {
    let pages = Pages::new().unwrap();
    let institution = Sender { organisation: None, ..SENDER };
    for language in pages.languages() {
        let mut all = vec![Page::LinkGone];
        for sender in [None, Some(SENDER), Some(institution)] {
            all.push(Page::Confirm { sender, action: "/u/x" });
            for scope in [Scope::Organisation, Scope::Institution] {
                all.push(Page::Unsubscribed { sender, scope, action: "/u/x" });
            }
        }
        for page in all {
            let html = pages.render(&page, language).unwrap();
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{page:?}");
            assert!(html.contains(STYLE), "{page:?}: the style is the one whose hash is in the header");
            for absent in ["<script", "<img", "http://", "https://", "<a ", "<p></p>"] {
                assert!(!html.contains(absent), "{page:?} {language}: {absent}");
            }
            assert_eq!(html.matches("<h1>").count(), 1, "{page:?}");
        }
    }
}

#[test]
fn every_language_says_the_same_things_with_the_same_names() {
    let names = |text: &str| ["{organisation}", "{institution}"].map(|name| text.matches(name).count());
    let pages = Pages::new().unwrap();
    let english: BTreeSet<_> = pages.words["en"].iter().map(|(key, text)| (key, names(text))).collect();
    for (language, words) in &pages.words {
        let here: BTreeSet<_> = words.iter().map(|(key, text)| (key, names(text))).collect();
        assert_eq!(here, english, "{language}");
    }
}

#[test]
fn refusing_takes_a_button_that_posts_and_offers_both_scopes() {
    let html = render(Page::Confirm { sender: Some(SENDER), action: "/u/tok\"en" }, "en");
    assert!(html.contains("<form method=\"post\" action=\"/u/tok&quot;en\">"), "{html}");
    assert!(html.contains("<button type=\"submit\" name=\"scope\" value=\"organisation\">"));
    assert!(html.contains("<button type=\"submit\" name=\"scope\" value=\"institution\">"));
    assert!(!html.contains("autofocus"));
}

#[test]
fn names_arrive_literally_and_escaped() {
    let html = render(Page::Confirm { sender: Some(SENDER), action: "/u/x" }, "en");
    assert!(html.contains("No more emails from Théâtre &lt;A&gt; &amp; Co<"), "{html}");
    assert!(html.contains("from Scènes {{7*7}} {organisation} and"), "{html}");
}

#[test]
fn only_an_organisation_can_be_widened() {
    let widened =
        |sender, scope| render(Page::Unsubscribed { sender, scope, action: "/u/x" }, "en").contains("<form");
    assert!(widened(Some(SENDER), Scope::Organisation));
    assert!(!widened(Some(SENDER), Scope::Institution));
    assert!(!widened(Some(Sender { organisation: None, ..SENDER }), Scope::Organisation));
    assert!(!widened(None, Scope::Organisation));
}

#[test]
fn regions_fall_back_to_their_language_and_strangers_to_english() {
    for (asked, given) in [("fr-BE", "fr"), ("IT_ch", "it"), ("nl", "en"), ("", "en"), ("../de", "en")] {
        assert!(render(Page::LinkGone, asked).contains(&format!("lang=\"{given}\"")), "{asked}");
    }
}

#[test]
fn the_words_of_a_scope_are_read_back() {
    for scope in [Scope::Organisation, Scope::Institution] {
        assert_eq!(Scope::from_word(scope.word()), Some(scope));
    }
    assert_eq!(Scope::from_word("everything"), None);
}

#[test]
fn the_policy_allows_this_style_and_nothing_else() {
    let pages = Pages::new().unwrap();
    let policy = pages.content_security_policy();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains(&BASE64.encode(&Sha256::digest(STYLE))));
}
