//! `ops/product.toml` is the reference of every setting: what the code knows stands there with the default that the code
//! has, and what stands there the code knows. A setting without a default is an example there when it must be given, and
//! commented out when it may be left away.

use std::collections::BTreeMap;
use std::fs;

use super::tree::root;

const CODE: &str = "services/app/src/settings.rs";
const REFERENCE: &str = "ops/product.toml";

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// What the code says about one setting.
#[derive(Debug, PartialEq, Eq)]
enum Known {
    Default(String),
    Required,
    Optional,
}

/// The settings in the code: the fields below `Settings`, with the defaults of `DEFAULTS`.
fn known(code: &str) -> BTreeMap<String, Known> {
    let file = syn::parse_file(code).unwrap();
    let mut structs = BTreeMap::new();
    let mut defaults = BTreeMap::new();
    for item in file.items {
        if let syn::Item::Struct(one) = item {
            structs.insert(one.ident.to_string(), one.fields);
        } else if let syn::Item::Const(one) = item
            && one.ident == "DEFAULTS"
        {
            defaults = described(&text_of(&one.expr));
        }
    }
    let mut known = BTreeMap::new();
    fields_of("Settings", "", &structs, &mut known);
    for (name, Described { value, commented }) in defaults {
        let default = if commented { None } else { known.get_mut(&name) };
        *default.unwrap_or_else(|| panic!("DEFAULTS has {name}, which is no setting")) =
            Known::Default(value);
    }
    known
}

fn text_of(literal: &syn::Expr) -> String {
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = literal else {
        panic!("DEFAULTS is no text")
    };
    text.value()
}

fn fields_of(
    of: &str,
    section: &str,
    structs: &BTreeMap<String, syn::Fields>,
    known: &mut BTreeMap<String, Known>,
) {
    for field in &structs[of] {
        let name = format!("{section}{}", field.ident.as_ref().unwrap());
        let syn::Type::Path(kind) = &field.ty else { panic!("{name} has a type without a name") };
        let kind = kind.path.segments.last().unwrap().ident.to_string();
        match structs.contains_key(&kind) {
            true => fields_of(&kind, &format!("{name}."), structs, known),
            false => {
                known.insert(name, if kind == "Option" { Known::Optional } else { Known::Required });
            }
        }
    }
}

/// What a line of TOML says about one setting.
#[derive(Debug)]
struct Described {
    value: String,
    commented: bool,
}

/// The settings of a file in which each stands on a line of its own, commented out or not.
fn described(toml: &str) -> BTreeMap<String, Described> {
    let (mut section, mut described) = (String::new(), BTreeMap::new());
    for line in toml.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = format!("{name}.");
            continue;
        }
        let commented = line.starts_with("# ");
        let Some((name, value)) = line.trim_start_matches("# ").split_once(" = ") else { continue };
        if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            let twice = described
                .insert(format!("{section}{name}"), Described { value: value.to_owned(), commented });
            assert!(twice.is_none(), "{section}{name} stands twice");
        }
    }
    described
}

/// Each setting on which code and reference do not agree, and how.
fn differences(known: &BTreeMap<String, Known>, reference: &str) -> Vec<String> {
    let described = described(reference);
    let unknown = described.keys().filter(|name| !known.contains_key(*name));
    let mut differences: Vec<String> = unknown.map(|name| format!("{name}: the code has none")).collect();
    for (name, known) in known {
        let difference = match (known, described.get(name)) {
            (_, None) => "it is missing".to_owned(),
            (Known::Default(default), Some(line)) if line.commented || line.value != *default => {
                format!("the default is {default}")
            }
            (Known::Required, Some(Described { commented: true, .. })) => "it must be given".to_owned(),
            (Known::Optional, Some(Described { commented: false, .. })) => {
                "it may be left away, so comment it out".to_owned()
            }
            _ => continue,
        };
        differences.push(format!("{name}: {difference}"));
    }
    differences
}

#[test]
fn the_reference_has_every_setting_with_its_default_and_no_other() {
    let differences = differences(&known(&read(CODE)), &read(REFERENCE));
    assert!(differences.is_empty(), "{REFERENCE}: {}", differences.join("; "));
}

#[test]
fn the_settings_of_the_code_are_found() {
    let known = known(&read(CODE));
    assert_eq!(known["state"], Known::Required);
    assert_eq!(known["relay.port"], Known::Default("25".to_owned()));
    assert_eq!(known["relay.dkim_domain"], Known::Optional);
    assert_eq!(known["tracker.trusted_proxies"], Known::Default("[]".to_owned()));
}

#[test]
fn each_setting_that_goes_changes_or_is_added_is_named() {
    let (known, reference) = (known(&read(CODE)), read(REFERENCE));
    let only = |text: &str, words: &str| assert_eq!(differences(&known, text), [words]);
    for name in known.keys() {
        let (section, field) = name.rsplit_once('.').unwrap_or(("", name));
        let mut inside = "";
        let mut rest = String::new();
        let mut changed = String::new();
        for line in reference.lines() {
            inside = line.strip_prefix('[').map_or(inside, |line| line.trim_end_matches(']'));
            let is_it =
                inside == section && line.trim_start_matches("# ").starts_with(&format!("{field} = "));
            if !is_it {
                rest += &format!("{line}\n");
            }
            let other = if line.starts_with("# ") { line.replace("# ", "") } else { format!("# {line}") };
            changed += &format!("{}\n", if is_it { &other } else { line });
        }
        only(&rest, &format!("{name}: it is missing"));
        assert_eq!(differences(&known, &changed).len(), 1, "{name}");
    }
    only(&format!("{reference}colour = \"blue\"\n"), "log.colour: the code has none");
    only(&reference.replace("port = 25", "port = 26"), "relay.port: the default is 25");
}
