//! Who may know whom: the manifests of the workspace against one table.
//!
//! A crate that lists no tokio, sqlx, axum or lapin can neither wait nor fail for the world's reasons, and a request
//! handler whose crate lists no lettre cannot send anything. Development dependencies are free.

use std::collections::BTreeMap;
use std::process::Command;

use super::tree::root;

/// What a crate may use from outside the workspace.
enum Outside {
    /// Nothing but these: a library more in a pure crate is a decision.
    Only(&'static [&'static str]),
    /// Anything but these.
    Never(&'static [&'static str]),
}
use Outside::{Never, Only};

struct Layer {
    name: &'static str,
    /// The crates of this workspace that it may know.
    knows: &'static [&'static str],
    outside: Outside,
}

const LAYERS: &[Layer] = &[
    Layer {
        name: "model",
        knows: &[],
        outside: Only(&[
            "aes-siv",
            "chrono",
            "chrono-tz",
            "data-encoding",
            "ed25519-dalek",
            "hmac",
            "idna",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "unicode-normalization",
            "uuid",
        ]),
    },
    Layer {
        name: "audience",
        knows: &["model"],
        // `proptest` behind a feature: the random trees that the property test of `store` shares. ICU4X: plurals and numbers in four
        // languages, from data that is compiled in.
        outside: Only(&[
            "chrono",
            "chrono-tz",
            "icu_decimal",
            "icu_locale_core",
            "icu_plurals",
            "proptest",
            "sea-query",
            "serde",
            "serde_json",
            "thiserror",
            "uuid",
        ]),
    },
    Layer {
        name: "content",
        knows: &["model"],
        outside: Only(&[
            "chrono",
            "chrono-tz",
            "data-encoding",
            "handlebars",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "url",
        ]),
    },
    Layer {
        name: "intake",
        knows: &["model"],
        outside: Only(&[
            "chrono",
            "chrono-tz",
            "csv",
            "encoding_rs",
            "memchr",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "unicode-normalization",
            "uuid",
        ]),
    },
    // It declares what crosses the broker and never connects.
    Layer {
        name: "queues",
        knows: &["model"],
        outside: Only(&["chrono", "serde", "serde_json", "thiserror", "uuid"]),
    },
    // Files and nothing else: it must work while database and broker do not.
    Layer {
        name: "spool",
        knows: &["model", "queues"],
        outside: Only(&["bytes", "chrono", "crc32c", "thiserror", "uuid"]),
    },
    Layer { name: "servers", knows: &[], outside: Only(&[]) },
    Layer {
        name: "store",
        // `servers` behind a feature: the harness that other crates' tests share.
        knows: &["model", "audience", "intake", "queues", "servers"],
        outside: Never(&["axum", "lapin", "lettre", "handlebars"]),
    },
    Layer {
        name: "channels",
        knows: &["model", "content", "spool"],
        outside: Never(&["sqlx", "sea-query-sqlx", "axum", "lapin"]),
    },
    // A request cannot send anything: it writes to the outbox or to a spool.
    Layer {
        name: "web",
        knows: &["model", "audience", "content", "intake", "queues", "spool", "store"],
        outside: Never(&["sqlx", "sea-query-sqlx", "lapin", "lettre"]),
    },
    Layer {
        name: "pipeline",
        knows: &["model", "audience", "channels", "content", "intake", "queues", "spool", "store"],
        outside: Never(&["sqlx", "sea-query-sqlx", "axum"]),
    },
    Layer { name: "xtask", knows: &["servers"], outside: Only(&["sha2"]) },
    // Benches look into everything that they measure; nothing looks into them.
    Layer {
        name: "load",
        knows: &[
            "model", "audience", "channels", "content", "intake", "pipeline", "queues", "servers", "spool",
            "store",
        ],
        outside: Never(&["axum"]),
    },
    // The binary puts the others together.
    Layer {
        name: "rappel",
        knows: &[
            "model", "audience", "channels", "content", "intake", "pipeline", "queues", "servers", "spool",
            "store", "web",
        ],
        outside: Never(&[]),
    },
];

/// Two TLS or C libraries in one binary fail at run time, not at build time.
const NEVER_ANYWHERE: &[&str] = &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

/// Each crate of the workspace with the names of what it is built from.
fn manifests() -> BTreeMap<String, Vec<String>> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    let built_from = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies.filter(|dependency| dependency["kind"] != "dev").map(name).collect()
    };
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| (name(package), built_from(package))).collect()
}

/// What a layer must not know among its dependencies.
fn breaches(layer: &Layer, dependencies: &[String]) -> Vec<String> {
    let inside = |name: &str| LAYERS.iter().any(|other| other.name == name);
    let allowed = |name: &str| match (inside(name), &layer.outside) {
        (true, _) => layer.knows.contains(&name),
        (false, Only(listed)) => listed.contains(&name),
        (false, Never(listed)) => !listed.contains(&name),
    };
    dependencies
        .iter()
        .filter(|name| !allowed(name))
        .map(|name| format!("{} knows {name}", layer.name))
        .collect()
}

#[test]
fn every_crate_is_in_the_table() {
    let listed: Vec<_> = LAYERS.iter().map(|layer| layer.name.to_owned()).collect();
    let unlisted: Vec<_> = manifests().into_keys().filter(|name| !listed.contains(name)).collect();
    assert!(unlisted.is_empty(), "say in LAYERS what {unlisted:?} may know");
}

#[test]
fn no_crate_knows_what_its_layer_forbids() {
    let manifests = manifests();
    let found: Vec<_> = LAYERS
        .iter()
        .flat_map(|layer| breaches(layer, manifests.get(layer.name).map_or(&[], |d| d)))
        .collect();
    assert!(
        found.is_empty(),
        "{}\nmove the code to the crate whose business it is, or change LAYERS and ARCHITECTURE.md with a reason",
        found.join("\n")
    );
}

#[test]
fn one_tls_library_and_no_c_one() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in NEVER_ANYWHERE {
        assert!(
            !lock.contains(&format!("name = \"{name}\"\n")),
            "`cargo tree --invert {name}` tells who brings it; choose features on ring"
        );
    }
}

#[test]
fn the_rules_catch_a_breach_of_each_kind() {
    let layer = |name: &str| LAYERS.iter().find(|layer| layer.name == name).unwrap();
    let caught = |name: &str, dependency: &str| !breaches(layer(name), &[dependency.to_owned()]).is_empty();
    assert!(caught("model", "tokio") && caught("model", "store") && !caught("model", "chrono"));
    assert!(caught("audience", "content") && caught("queues", "lapin") && caught("servers", "libc"));
    assert!(caught("web", "lettre") && caught("web", "pipeline") && !caught("web", "axum"));
    assert!(caught("pipeline", "axum") && caught("store", "lapin") && caught("channels", "sqlx"));
}
