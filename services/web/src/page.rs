//! Answers: pages, redirects, and the headers that all of them carry.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use content::pages::{Page, Pages};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// Seconds after which somebody may try again.
const TRY_AGAIN: &str = "30";

/// Puts the headers of TR-11 on every answer, whoever made it.
pub(crate) async fn with_common_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_ROBOTS_TAG, "noindex"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A page in the language that the browser asks for.
pub(crate) fn page(pages: &Pages, request: &HeaderMap, status: StatusCode, page: &Page<'_>) -> Response {
    let html = match pages.render(page, language(pages, request)) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "tracker.page_broken");
            return text(StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown at the moment.");
        }
    };
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(pages.content_security_policy()) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The one answer for every link that leads nowhere (EM-25).
pub(crate) fn gone(pages: &Pages, request: &HeaderMap) -> Response {
    page(pages, request, StatusCode::NOT_FOUND, &Page::LinkGone)
}

/// To the stored destination and nowhere else (TR-11).
pub(crate) fn redirect(url: &str) -> Option<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(url).ok()?);
    Some(response)
}

/// Nothing can be said now, and it may be better in a while.
pub(crate) fn not_now() -> Response {
    let mut response = text(
        StatusCode::SERVICE_UNAVAILABLE,
        "This is not possible at the moment. Please try again in a minute.",
    );
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(TRY_AGAIN));
    response
}

/// A sentence for whoever speaks HTTP wrongly.
pub(crate) fn text(status: StatusCode, sentence: &'static str) -> Response {
    let mut response = Response::new(Body::from(sentence));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// The first language of the browser that the pages speak; weights are left out, since browsers list by preference.
fn language(pages: &Pages, request: &HeaderMap) -> &'static str {
    let asked = request.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    asked
        .split(',')
        .filter_map(|part| part.trim().split([';', '-', '_']).next())
        .find_map(|primary| pages.languages().find(|known| known.eq_ignore_ascii_case(primary)))
        .unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_gets_its_first_language_that_there_is() {
        let pages = Pages::new().unwrap();
        for (asked, given) in [
            ("fr-BE,fr;q=0.9,en;q=0.8", "fr"),
            ("nl, de;q=0.5, en", "de"),
            ("", "en"),
            ("*;q=0.1, xx", "en"),
            ("IT", "it"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().unwrap());
            assert_eq!(language(&pages, &headers), given, "{asked}");
        }
    }

    #[test]
    fn a_destination_cannot_add_a_header() {
        assert!(redirect("https://a.example/\r\nSet-Cookie: a=b").is_none());
        assert_eq!(redirect("https://a.example/?q=1").unwrap().headers()[LOCATION], "https://a.example/?q=1");
    }
}
