//! The tenant's colours, as a style sheet of its own: nothing inline is let in.

use super::request::Here;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The style sheet. Colours are checked where they are set, so that nothing else can stand in it.
pub(crate) async fn sheet(here: Here) -> Response {
    let pages = here.pages();
    let (on_light, on_dark) = pages.on_accent();
    let light = format!("--accent: {}; --on-accent: {on_light};", pages.accent);
    let dark = format!("--accent: {}; --on-accent: {on_dark};", pages.accent_dark);
    let text = format!(
        ":root {{ {light} }}\n\
         @media (prefers-color-scheme: dark) {{ :root:not([data-scheme=light]) {{ {dark} }} }}\n\
         :root[data-scheme=dark] {{ {dark} }}\n"
    );
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], text).into_response()
}
