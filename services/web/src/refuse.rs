//! `POST /u/{token}`: a refusal, by one click in a mail program (RFC 8058) or by a button of our page.
//!
//! No cookie, no login, no redirect (EM-22, EM-23). Refusing twice refuses once: the second act is recorded and changes nothing.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use content::pages::{Page, Scope};
use model::token::TokenPurpose;

use crate::ask::{action, sender};
use crate::form::{self, NotAForm};
use crate::page;
use crate::refusals::Outcome;
use crate::tracker::App;

/// Answers the request.
pub(crate) async fn refuse(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let Some((sealed, token)) = app.open_token(token, TokenPurpose::Unsubscribe) else {
        return page::gone(&app.pages, &headers);
    };
    let asked = match form::read(request).await {
        Ok(asked) => asked,
        Err(NotAForm::Unreadable) => {
            return page::text(StatusCode::BAD_REQUEST, "The body is not a form of at most 16 KiB.");
        }
        Err(NotAForm::AsksNothing) => {
            return page::text(
                StatusCode::BAD_REQUEST,
                "Nothing was changed: the form must hold List-Unsubscribe=One-Click, or the scope of our page.",
            );
        }
    };
    let action = action(sealed.as_str());
    let names = match app.refusals.record(sealed, &token, asked, app.clock.now()).await {
        Outcome::Recorded(names) => names,
        Outcome::Gone => return page::gone(&app.pages, &headers),
        Outcome::NotRecorded => return page::not_now(),
    };
    let scope = if asked.whole_institution { Scope::Institution } else { Scope::Organisation };
    let done = Page::Unsubscribed { sender: names.as_ref().map(sender), scope, action: &action };
    page::page(&app.pages, &headers, StatusCode::OK, &done)
}
