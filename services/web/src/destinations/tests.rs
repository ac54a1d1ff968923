use std::fs;
use std::io::Write as _;

use super::*;

const HERE: InstitutionId = InstitutionId(3);

fn launch(occurrence: i32, urls: &[&str]) -> Destinations {
    Destinations {
        occurrence: OccurrenceId(occurrence),
        urls: urls.iter().map(|url| (*url).to_owned()).collect(),
    }
}

fn find(known: &Known, occurrence: i32, link: i16) -> Found {
    known.find(HERE, OccurrenceId(occurrence), LinkNo(link))
}

#[tokio::test]
async fn what_was_learnt_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("destinations");
    let (known, offset) = Known::open(&path).unwrap();
    assert_eq!((find(&known, 7, 0), offset), (Found::NotKnown, TimeDelta::zero()));
    known
        .learn(HERE, vec![launch(7, &["https://a.example/", "https://b.example/?q=%20"]), launch(9, &[])])
        .await;
    known.keep_offset(TimeDelta::seconds(-5)).await;
    let check = |known: &Known| {
        assert_eq!(find(known, 7, 1), Found::Url("https://b.example/?q=%20".to_owned()));
        assert_eq!(find(known, 7, 2), Found::NoSuchLink);
        assert_eq!(find(known, 7, -1), Found::NoSuchLink);
        assert_eq!(find(known, 9, 0), Found::NoSuchLink);
        assert_eq!(find(known, 8, 0), Found::NotKnown);
        assert_eq!(known.find(InstitutionId(4), OccurrenceId(7), LinkNo(0)), Found::NotKnown);
    };
    check(&known);
    let (known, offset) = Known::open(&path).unwrap();
    check(&known);
    assert_eq!(offset, TimeDelta::seconds(-5));
}

#[tokio::test]
async fn damage_costs_its_own_line_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("destinations");
    let (known, _) = Known::open(&path).unwrap();
    known.learn(HERE, vec![launch(1, &["https://a.example/"]), launch(2, &["https://b.example/"])]).await;
    let text = fs::read_to_string(&path).unwrap();
    // A changed address is not an address; a torn end is no line, and the next line does not join it.
    fs::write(&path, text.replace("a.example", "x.example")).unwrap();
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"00000000 {\"li").unwrap();
    let (known, _) = Known::open(&path).unwrap();
    assert_eq!(find(&known, 1, 0), Found::NotKnown);
    assert_eq!(find(&known, 2, 0), Found::Url("https://b.example/".to_owned()));
    known.learn(HERE, vec![launch(3, &["https://c.example/"])]).await;
    let (known, _) = Known::open(&path).unwrap();
    assert_eq!(find(&known, 3, 0), Found::Url("https://c.example/".to_owned()));
}

#[tokio::test]
async fn only_web_addresses_are_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let (known, _) = Known::open(&folder.path().join("destinations")).unwrap();
    known
        .learn(HERE, vec![launch(1, &["javascript:alert(1)", "http://ok.example/", "//evil.example"])])
        .await;
    assert_eq!(find(&known, 1, 0), Found::NoSuchLink);
    assert_eq!(find(&known, 1, 1), Found::Url("http://ok.example/".to_owned()));
    assert_eq!(find(&known, 1, 2), Found::NoSuchLink);
}
