//! Cookies: encrypted, for one tenant, for this host alone, over TLS alone, out of reach of scripts, and not sent with what
//! another site posts.

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use doorward_flows::App;
use doorward_flows::access::Tenant;
use doorward_model::time::Span;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a cookie is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// What a browser carries from page to page.
    Visitor,
    /// Whom the device knows.
    Device,
}

impl Kind {
    /// One name per tenant: a cookie for the whole host, which the prefix demands, is sent to all of them.
    ///
    /// Only where the installation is spoken to in clear, which is the demo on its own machine, the prefix is left out:
    /// no browser takes it there.
    fn name(self, app: &App, tenant: &Tenant) -> String {
        let prefix = if is_clear(app) { "" } else { "__Host-" };
        match self {
            Kind::Visitor => format!("{prefix}doorward-{}", tenant.id),
            Kind::Device => format!("{prefix}doorward-device-{}", tenant.id),
        }
    }

    /// Where its text opens.
    fn place(self, tenant: &Tenant) -> String {
        match self {
            Kind::Visitor => format!("hosted-pages:{}", tenant.id),
            Kind::Device => format!("hosted-device:{}", tenant.id),
        }
    }
}

fn is_clear(app: &App) -> bool {
    app.public_url.starts_with("http://")
}

/// What the browser's cookie says; `None` when it has none that we wrote.
pub(crate) fn read<T: DeserializeOwned>(app: &App, tenant: &Tenant, headers: &HeaderMap, kind: Kind) -> Option<T> {
    let wanted = kind.name(app, tenant);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
    let sealed = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
    let text = app.keys.open(&kind.place(tenant), &sealed).ok()?;
    serde_json::from_str(&text).ok()
}

/// The header that sets it; without a life it ends with the browser.
pub(crate) fn set(app: &App, tenant: &Tenant, kind: Kind, value: &impl Serialize, life: Option<Span>) -> HeaderValue {
    let text = serde_json::to_string(value).expect("what cookies carry is made of text and numbers");
    let mut nonce = [0; 12];
    app.outside.random.fill(&mut nonce);
    header(app, tenant, kind, &BASE64URL_NOPAD.encode(&app.keys.seal(&kind.place(tenant), &text, nonce)), life)
}

/// The header that takes it away.
pub(crate) fn erase(app: &App, tenant: &Tenant, kind: Kind) -> HeaderValue {
    header(app, tenant, kind, "", Some(Span::seconds(0)))
}

fn header(app: &App, tenant: &Tenant, kind: Kind, value: &str, life: Option<Span>) -> HeaderValue {
    let life = life.map(|life| format!(" Max-Age={};", life.0 / 1000)).unwrap_or_default();
    let secure = if is_clear(app) { "" } else { " Secure;" };
    let cookie = format!("{}={value}; Path=/;{life}{secure} HttpOnly; SameSite=Lax", kind.name(app, tenant));
    HeaderValue::try_from(cookie).expect("names of tenants stay out of it, and the rest is letters and digits")
}
