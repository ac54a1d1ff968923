//! Time in SQL is a bound parameter (the business clock) or `clock_timestamp()` after a lock (the machine clock, only
//! where listed). Everything that SQL knows as "now" is the transaction's start: too early for a refusal, and today
//! instead of the installation's day.

use proc_macro2::{TokenStream, TokenTree};

use super::tree::{Source, sources_ending};

const FOLDERS: &[&str] = &["services", "queues", "ops", "migrations", "tests"];
/// This folder names what it forbids.
const HERE: &str = "tests/coverage/";

const FORBIDDEN: &[&str] = &[
    "now(",
    "current_date",
    "current_timestamp",
    "current_time",
    "localtime",
    "localtimestamp",
    "transaction_timestamp(",
    "statement_timestamp(",
    "timeofday(",
];
const MACHINE_CLOCK: &str = "clock_timestamp(";

/// Where the machine clock may be read (a file, or a folder with its slash), and why. An entry that is no longer needed
/// fails the test.
const MACHINE_CLOCK_IN: &[(&str, &str)] = &[
    ("services/store/src/tx.rs", "reads both clocks once for a scoped transaction, which hands them on"),
    (
        "services/store/src/gate/",
        "a change of permission is stamped after its lock; I1 compares these stamps",
    ),
    ("services/store/src/refusal/", "settlement"),
    ("services/store/src/claim/", "claims, their renewal and their end"),
    ("services/store/src/result/end.sql", "the ends of attempts"),
    ("services/store/src/lease/", "age of claims, silence of their workers"),
    (
        "services/store/src/dispatch/",
        "published_at; what is due, as the machine clock with the installation's offset",
    ),
    ("services/store/src/worker.rs", "beats"),
    (
        "services/store/src/policy.rs",
        "the first policy of an institution, which its owner creates outside of any scoped transaction",
    ),
    ("services/store/src/seal/", "when an epoch was sealed"),
    ("services/store/src/testing.rs", "places a test's business clock by its distance from the machine's"),
    ("services/store/src/import/contacts/create_gates.sql", "a gate is stamped when it comes to be"),
    ("migrations/0009_attempts.sql", "claims, and the ends of attempts"),
    ("services/pipeline/tests/delivery/", "a test's gates and launches are stamped as real ones are"),
    ("services/store/tests/", "tests age claims and beats, and compare stamps"),
];

/// The pieces of SQL in a file: the whole of a `.sql` file without comments, the string literals of a `.rs` file.
fn sql(source: &Source) -> Vec<String> {
    if source.path.ends_with(".sql") {
        let code = source.text.lines().map(|line| line.split("--").next().unwrap_or_default());
        return vec![code.collect::<Vec<_>>().join("\n")];
    }
    let tokens: TokenStream = source.text.parse().unwrap_or_else(|error| panic!("{}: {error}", source.path));
    let mut strings = Vec::new();
    collect_strings(tokens, &mut strings);
    strings
}

/// String literals, inside macros too; doc comments are `doc = "…"` by now and are left out.
fn collect_strings(tokens: TokenStream, strings: &mut Vec<String>) {
    let mut is_doc = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_strings(group.stream(), strings),
            TokenTree::Literal(literal) if !is_doc => {
                strings
                    .extend(syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|string| string.value()));
            }
            TokenTree::Ident(ident) => is_doc = ident == "doc",
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Whether a word of SQL occurs: not inside a longer name, and with its bracket after any space.
fn has(sql: &str, word: &str) -> bool {
    let sql = sql.to_lowercase();
    let name = word.trim_end_matches('(');
    sql.match_indices(name).any(|(at, _)| {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = (&sql[..at], &sql[at + name.len()..]);
        let whole = !before.ends_with(is_name) && !after.starts_with(is_name);
        whole && (name == word || after.trim_start().starts_with('('))
    })
}

fn files() -> Vec<Source> {
    let mut files = sources_ending(FOLDERS, ".sql");
    files.extend(sources_ending(FOLDERS, ".rs"));
    files.retain(|source| !source.path.starts_with(HERE));
    files
}

#[test]
fn sql_never_asks_for_the_time_of_the_transaction() {
    let mut found = Vec::new();
    for source in files() {
        let sql = sql(&source);
        let words = FORBIDDEN.iter().filter(|word| sql.iter().any(|piece| has(piece, word)));
        found.extend(words.map(|word| format!("{}: {word}", source.path)));
    }
    assert!(found.is_empty(), "bind the business clock as a parameter instead:\n{}", found.join("\n"));
}

#[test]
fn the_machine_clock_is_read_only_where_listed() {
    let reading: Vec<_> = files()
        .into_iter()
        .filter(|source| sql(source).iter().any(|piece| has(piece, MACHINE_CLOCK)))
        .map(|source| source.path)
        .collect();
    let covers = |place: &str, path: &str| path == place || place.ends_with('/') && path.starts_with(place);
    let listed = |path: &str| MACHINE_CLOCK_IN.iter().any(|(place, _)| covers(place, path));
    let unlisted: Vec<_> = reading.iter().filter(|path| !listed(path)).collect();
    assert!(
        unlisted.is_empty(),
        "clock_timestamp() in {unlisted:?}: only claims, beats, refusals and settlement read the machine clock; bind \
         the business clock, or list the file with its reason"
    );
    let is_used = |place: &str| reading.iter().any(|path| covers(place, path));
    let unused: Vec<_> = MACHINE_CLOCK_IN.iter().filter(|(place, _)| !is_used(place)).collect();
    assert!(unused.is_empty(), "no longer needed, take out: {unused:?}");
}

#[test]
fn words_are_found_whole_in_any_case_and_only_in_strings() {
    assert!(has("select NOW ()", "now(") && has("(current_date)", "current_date"));
    assert!(
        !has("select known(1)", "now(") && !has("my_current_date", "current_date") && !has("now", "now(")
    );
    let text = "/// Like now().\nfn f() { query!(r#\"SELECT now()\"#); now(); }";
    assert_eq!(sql(&Source { path: "x.rs".into(), text: text.into() }), ["SELECT now()"]);
    assert_eq!(sql(&Source { path: "x.sql".into(), text: "a -- now()\nb".into() }), ["a \nb"]);
}
