//! `GET` and `HEAD /u/{token}`: the page that asks whether to stop, and changes nothing (EM-24, TR-01).
//!
//! Scanners open it like every other link. What stops something is the POST of its button.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use content::pages::{Page, Sender};
use model::token::{TokenPurpose, UNSUBSCRIBE_PATH};
use store::link::SenderNames;

use crate::database::NoAnswer;
use crate::page;
use crate::tracker::App;

/// Answers the request. Without the database the page names nobody and works all the same.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let headers = request.headers();
    let Some((sealed, token)) = app.open_token(token, TokenPurpose::Unsubscribe) else {
        return page::gone(&app.pages, headers);
    };
    let names = match app.refusals.sender(&token).await {
        Ok(None) => return page::gone(&app.pages, headers),
        Ok(names) => names,
        Err(NoAnswer::Away) => None,
        Err(NoAnswer::Refused(error)) => {
            tracing::error!(%error, "tracker.sender_not_looked_up");
            None
        }
    };
    let action = action(sealed.as_str());
    let confirm = Page::Confirm { sender: names.as_ref().map(sender), action: &action };
    page::page(&app.pages, headers, StatusCode::OK, &confirm)
}

/// Where a button of the pages posts to.
pub(crate) fn action(token: &str) -> String {
    format!("{UNSUBSCRIBE_PATH}{token}")
}

/// The names as the pages want them.
pub(crate) fn sender(names: &SenderNames) -> Sender<'_> {
    Sender { organisation: names.organisation.as_deref(), institution: &names.institution }
}
