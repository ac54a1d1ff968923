//! Who writes, and under which names; checked before anything is frozen, because every message of the launch needs it.

use model::address::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::{Result, StoreError};

/// Who writes, as frozen with the launch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Address of From; its display name and Reply-To belong to the content.
    pub from_address: String,
    /// Host name of tracked links and unsubscribe pages, with scheme, without trailing slash.
    pub public_url: String,
    /// Domain of Message-ID and List-Id.
    pub mail_domain: String,
    /// Domain of the envelope sender.
    pub bounce_domain: String,
}

impl Sender {
    /// Whether messages can be written in this name.
    ///
    /// # Errors
    /// [`StoreError::Refused`] names the first field that is wrong and what would be right.
    pub fn check(&self) -> Result<()> {
        let refuse = |text: String| Err(StoreError::Refused(text));
        if let Err(error) = EmailAddress::parse(&self.from_address) {
            return refuse(format!("sender.from_address: {error}"));
        }
        // One-click refusal is POSTed to it (EM-20).
        let host = self.public_url.strip_prefix("https://").unwrap_or_default();
        if host.is_empty() || host.contains('/') {
            return refuse("sender.public_url: write https:// and a host name, without a path".to_owned());
        }
        for (field, domain) in [("mail_domain", &self.mail_domain), ("bounce_domain", &self.bounce_domain)] {
            if EmailAddress::parse(&format!("a@{domain}")).is_err() {
                return refuse(format!(
                    "sender.{field}: this is no domain name; write one like news.example.org"
                ));
            }
        }
        Ok(())
    }
}
