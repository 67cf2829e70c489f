//! What stays the same while the process runs: style sheet, scripts, icon, and the pages of the reference.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

/// The style sheet, scripts and icon that every page uses.
pub(crate) fn router() -> Router {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    Router::new()
        .route("/docs/style.css", unchanging("text/css; charset=utf-8", include_str!("../assets/style.css")))
        .route("/docs/filter.js", unchanging(SCRIPT, include_str!("../assets/filter.js")))
        .route("/docs/copy.js", unchanging(SCRIPT, include_str!("../assets/copy.js")))
        .route("/docs/confirm.js", unchanging(SCRIPT, include_str!("../assets/confirm.js")))
        .route("/docs/mailbox.js", unchanging(SCRIPT, include_str!("../assets/mailbox.js")))
        .route("/docs/hosted.css", unchanging("text/css; charset=utf-8", include_str!("../assets/hosted.css")))
        .route("/docs/hosted.js", unchanging(SCRIPT, include_str!("../assets/hosted.js")))
        .route("/docs/passkey.js", unchanging(SCRIPT, include_str!("../assets/passkey.js")))
        .route("/docs/icon.svg", unchanging("image/svg+xml", include_str!("../assets/icon.svg")))
}

/// Serves `text`. Browsers keep it and ask each time whether it is still the same, so that an upgrade shows at once.
pub(crate) fn unchanging(kind: &'static str, text: &'static str) -> MethodRouter {
    made_once(kind, || text.to_owned())
}

/// The same for a text that is made when somebody asks for it first: most processes are never asked.
pub(crate) fn made_once(kind: &'static str, make: impl FnOnce() -> String + Send + 'static) -> MethodRouter {
    let answer = Arc::new(LazyLock::new(|| {
        let text = Bytes::from(make());
        (tag(&text), text)
    }));
    get(async move |headers: HeaderMap| {
        let (tag, text) = &**answer;
        let known = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent == tag);
        let caching = [(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")), (header::ETAG, tag.clone())];
        if known {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        (caching, [(header::CONTENT_TYPE, kind)], text.clone()).into_response()
    })
}

/// Weak, because the same content may travel compressed.
fn tag(content: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    HeaderValue::try_from(tag).expect("hexadecimal digits fit into a header")
}
