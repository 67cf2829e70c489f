//! The demo's own pages: what it is, and the mailbox with the messages it did not send.

mod application;
mod keys;
mod mailbox;
mod outbox;

use crate::frame::loopback::loopback_only;
use crate::frame::page::{fresh, with_headers};
use axum::routing::get;
use axum::{Extension, Router};
use doorward_flows::App;
use serde::Serialize;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use url::{Host, Url};

pub use keys::DemoKeys;

#[cfg(test)]
mod tests;

#[derive(Serialize)]
struct Welcome<'a> {
    tenant: &'a str,
    url: &'a str,
    /// The same under the name of this machine: browsers make no passkeys for its number.
    named_url: &'a str,
    api_key: &'a str,
    api_secret: &'a str,
    ca: Option<Cow<'a, str>>,
}

/// Where the demo's application gets people back, below the server's address.
pub const DEMO_BACK: &str = application::BACK;

/// `/`, `/dev/mailbox`, `/dev/outbox` and `/dev/application`, for the demo and nothing else: they show every message and the secret to
/// whoever is on this machine. Their addresses begin with the app's public URL; [`docs`](crate::docs) brings the assets.
pub fn demo(app: App, keys: DemoKeys) -> Router {
    let url = app.public_url.clone();
    let named_url = named(&url);
    let keys = Arc::new(keys);
    let for_application = keys.clone();
    let welcome = async move || {
        let DemoKeys { tenant, api_key, api_secret, ca } = &*keys;
        let ca = ca.as_deref().map(Path::to_string_lossy);
        let values = Welcome { tenant, url: &url, named_url: &named_url, api_key, api_secret: api_secret.expose(), ca };
        fresh("welcome.html", values)
    };
    let router = Router::new()
        .route("/", get(welcome))
        .route("/dev/mailbox", get(mailbox::page))
        .route("/dev/mailbox/messages", get(mailbox::messages))
        .route("/dev/outbox", get(outbox::list))
        .route("/dev/application", get(application::start))
        .route(application::BACK, get(application::arrive))
        .layer(Extension(for_application))
        .with_state(app);
    with_headers(loopback_only(router))
}

/// The address with `localhost` in the place of a number.
fn named(url: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
    let is_number = matches!(parsed.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    if is_number && parsed.set_host(Some("localhost")).is_ok() {
        return parsed.origin().ascii_serialization();
    }
    url.to_owned()
}
