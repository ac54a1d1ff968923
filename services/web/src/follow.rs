//! `GET` and `HEAD /l/{token}`: to the stored destination of a tracked link.
//!
//! The hit is what this leaves, and only for somebody who may be recorded; what it was is judged later (TR-04).

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use model::token::{Token, TokenPurpose};
use model::verdict::{HitMethod, Signals};
use queues::messages::SealedToken;
use spool::hits::{HitRecord, Seen};

use crate::client::{Peer, network};
use crate::database::NoAnswer;
use crate::destinations::Found;
use crate::page;
use crate::tracker::App;

/// Answers the request.
pub(crate) async fn follow(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Request,
) -> Response {
    let Some((sealed, token)) = app.open_token(token, TokenPurpose::Click) else {
        return page::gone(&app.pages, request.headers());
    };
    let redirect = match destination(&app, &token).await {
        Ok(Found::Url(url)) => page::redirect(&url),
        Ok(Found::NoSuchLink | Found::NotKnown) => None,
        Err(NoAnswer::Away) => return page::not_now(),
        Err(NoAnswer::Refused(error)) => {
            tracing::error!(%error, "tracker.link_not_looked_up");
            return page::not_now();
        }
    };
    let Some(redirect) = redirect else { return page::gone(&app.pages, request.headers()) };
    if let Some(hit) = hit(&app, &token, sealed, &request) {
        app.hits.record(hit).await;
    }
    redirect
}

/// From memory; the database is asked only for a launch that nobody knows.
async fn destination(app: &App, token: &Token) -> Result<Found, NoAnswer> {
    let Token { institution, occurrence, link, .. } = *token;
    match app.known.find(institution, occurrence, link) {
        Found::NotKnown => {}
        found @ (Found::Url(_) | Found::NoSuchLink) => return Ok(found),
    }
    let asked =
        app.database.ask(|store| async move { store.destinations(institution, occurrence).await }).await?;
    if let Some(launch) = asked {
        app.known.learn(institution, vec![launch]).await;
    }
    Ok(app.known.find(institution, occurrence, link))
}

fn hit(app: &App, token: &Token, sealed: SealedToken, request: &Request) -> Option<HitRecord> {
    let headers = request.headers();
    let readable = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let peer = request.extensions().get::<Peer>().copied();
    let seen = Seen {
        at: app.clock.now(),
        method: HitMethod::of(request.method().as_str()),
        signals: Signals::of(readable),
        client: network(&app.trusted_proxies, peer, headers),
    };
    HitRecord::of_click(token, sealed, seen)
}
