//! What a POST on an unsubscribe link asks for: the one-click body of a mail program, or a button of our page.

use axum::RequestExt as _;
use axum::body::to_bytes;
use axum::extract::{Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use content::pages::Scope;

use crate::refusals::Asked;

/// Octets of a body, at most: no mail program needs more.
pub(crate) const MAX_BODY: usize = 16 * 1024;
/// Fields that are looked at.
const MAX_FIELDS: usize = 16;

/// Why there is no answer to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAForm {
    /// Too long, broken off, or no form at all.
    Unreadable,
    /// A form that asks for nothing.
    AsksNothing,
}

/// Reads a form in either encoding (EM-22). `List-Unsubscribe=One-Click` means the organisation that sent; a button says what
/// it means, and goes before.
pub(crate) async fn read(request: Request) -> Result<Asked, NotAForm> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_multipart = content_type
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"));
    let fields = if is_multipart { multipart(request).await? } else { urlencoded(request).await? };
    let button =
        fields.iter().filter(|(name, _)| name == "scope").find_map(|(_, word)| Scope::from_word(word));
    let one_click = fields.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("List-Unsubscribe") && value.trim().eq_ignore_ascii_case("One-Click")
    });
    match (button, one_click) {
        (Some(scope), _) => Ok(Asked { whole_institution: scope == Scope::Institution, origin: "page" }),
        (None, true) => Ok(Asked { whole_institution: false, origin: "one_click" }),
        (None, false) => Err(NotAForm::AsksNothing),
    }
}

async fn urlencoded(request: Request) -> Result<Vec<(String, String)>, NotAForm> {
    let body = to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| NotAForm::Unreadable)?;
    Ok(url::form_urlencoded::parse(&body).into_owned().take(MAX_FIELDS).collect())
}

async fn multipart(request: Request) -> Result<Vec<(String, String)>, NotAForm> {
    let mut parts: Multipart = request.extract().await.map_err(|_| NotAForm::Unreadable)?;
    let mut fields = Vec::new();
    while fields.len() < MAX_FIELDS {
        let Some(part) = parts.next_field().await.map_err(|_| NotAForm::Unreadable)? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        fields.push((name, part.text().await.map_err(|_| NotAForm::Unreadable)?));
    }
    Ok(fields)
}
