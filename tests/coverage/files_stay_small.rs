//! Sizes: a file is read in one go, a function on one screen.

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::tree::{Source, sources_ending};

const FOLDERS: &[&str] = &["services", "queues", "ops", "tests"];
/// Lines of a file without its unit tests, whether they stand at its end or in a `tests.rs` of their own.
const LONGEST_FILE: usize = 300;
const LONGEST_MEDIAN: usize = 120;
/// Lines from `fn` to the closing brace.
const LONGEST_FUNCTION: usize = 70;

fn parsed(source: &Source) -> syn::File {
    syn::parse_file(&source.text).unwrap_or_else(|error| panic!("{}: {error}", source.path))
}

fn lines_between(start: LineColumn, end: LineColumn) -> usize {
    end.line - start.line + 1
}

fn is_test_module(item: &syn::Item) -> bool {
    let syn::Item::Mod(module) = item else { return false };
    let for_tests = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    };
    module.content.is_some() && module.attrs.iter().any(for_tests)
}

fn length(source: &Source) -> usize {
    let tests = parsed(source).items.into_iter().filter(is_test_module);
    let test_lines: usize = tests.map(|item| lines_between(item.span().start(), item.span().end())).sum();
    source.text.lines().count() - test_lines
}

/// The functions of a file, wherever they stand, with their lengths.
#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let start = signature.fn_token.span.start();
        let end = body.brace_token.span.close().end();
        self.0.push((signature.ident.to_string(), lines_between(start, end)));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.add(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

fn functions(source: &Source) -> Vec<(String, usize)> {
    let mut functions = Functions::default();
    functions.visit_file(&parsed(source));
    functions.0
}

/// The files whose length counts.
fn files() -> Vec<Source> {
    let mut files = sources_ending(FOLDERS, ".rs");
    files.retain(|source| !(source.path.contains("/src/") && source.path.ends_with("/tests.rs")));
    files
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<_> = files()
        .iter()
        .map(|source| (length(source), source.path.clone()))
        .filter(|(length, _)| *length > LONGEST_FILE)
        .collect();
    assert!(
        long.is_empty(),
        "more than {LONGEST_FILE} lines: {long:?}; each holds two subjects, give each its file"
    );
}

#[test]
fn half_of_the_files_are_short() {
    let mut lengths: Vec<_> = files().iter().map(length).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= LONGEST_MEDIAN, "the median of {} files is {median} lines", lengths.len());
}

#[test]
fn no_function_is_too_long() {
    let mut long = Vec::new();
    for source in sources_ending(FOLDERS, ".rs") {
        let found = functions(&source).into_iter().filter(|(_, lines)| *lines > LONGEST_FUNCTION);
        long.extend(found.map(|(name, lines)| format!("{}: fn {name} has {lines}", source.path)));
    }
    assert!(
        long.is_empty(),
        "more than {LONGEST_FUNCTION} lines: {}; keep the control flow, push the leaves out",
        long.join(", ")
    );
}

#[test]
fn every_crate_opens_with_its_purpose() {
    let roots = ["/src/lib.rs", "/src/main.rs"];
    let silent: Vec<_> = sources_ending(FOLDERS, ".rs")
        .into_iter()
        .filter(|source| {
            roots.iter().any(|root| source.path.ends_with(root)) && !source.text.starts_with("//!")
        })
        .map(|source| source.path)
        .collect();
    assert!(
        silent.is_empty(),
        "these begin without `//!` (what is it for, what does it guarantee): {silent:?}"
    );
}

#[test]
fn lengths_are_measured_right() {
    let text = "//! x\nfn a() {\n    let s = \"}\";\n    fn b() {}\n}\n\n#[cfg(test)]\nmod tests {\n    fn c() {\n    }\n}\n";
    let source = Source { path: "x.rs".into(), text: text.into() };
    assert_eq!(length(&source), 6);
    assert_eq!(functions(&source), [("a".into(), 4), ("b".into(), 1), ("c".into(), 2)]);
}
