//! Campaign files.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Where mail says that links and pages are. A client asks the tracker for the same paths.
pub const PUBLIC_URL: &str = "https://news.masques.example";
/// The domain of From and of the signature.
pub const SENDER_DOMAIN: &str = "masques.example";

/// A campaign of one institution, as its author writes it.
#[derive(Clone, Debug)]
pub struct Campaign {
    pub institution: String,
    pub file: Value,
}

impl Campaign {
    /// The season's news, from the opera, to everybody in the file.
    pub fn news(institution: &str, key: &str) -> Self {
        let sample = content::samples::emails().unwrap().remove(0);
        let file = json!({
            "key": key,
            "name": format!("Campaign {key}"),
            "purpose": "marketing",
            "organisation": "OPERA",
            "target": {"leaf": "identity", "field": "kind", "equals": "individual"},
            "content": sample.content,
            "sender": {
                "from_address": format!("news@{SENDER_DOMAIN}"),
                "public_url": PUBLIC_URL,
                "mail_domain": SENDER_DOMAIN,
                "bounce_domain": format!("bounce.{SENDER_DOMAIN}"),
            },
            "by": "e2e",
        });
        Self { institution: institution.to_owned(), file }
    }

    /// The same with another value of one field.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.file[field] = value;
        self
    }

    /// The same without a field.
    pub fn without(mut self, field: &str) -> Self {
        self.file.as_object_mut().unwrap().remove(field);
        self
    }

    pub fn to(self, target: Value) -> Self {
        self.with("target", target)
    }

    /// Writes it under its key.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let key = self.file["key"].as_str().unwrap_or("campaign");
        let path = folder.join(format!("{}-{key}.json", self.institution));
        fs::write(&path, self.file.to_string()).unwrap();
        path
    }
}
