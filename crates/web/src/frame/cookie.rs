//! Cookies: encrypted, for this host alone, over TLS alone, out of reach of scripts, and not sent with what another site
//! posts.

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use doorward_flows::App;
use doorward_model::time::Span;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One cookie of ours.
pub(crate) struct Cookie {
    /// Letters, digits and `-`.
    pub(crate) name: String,
    /// Where its text opens.
    pub(crate) place: String,
}

impl Cookie {
    /// Its name as the browser keeps it.
    ///
    /// Only where the installation is spoken to in clear, which is the demo on its own machine, the prefix is left out:
    /// no browser takes it there.
    fn full_name(&self, app: &App) -> String {
        let prefix = if is_clear(app) { "" } else { "__Host-" };
        format!("{prefix}{}", self.name)
    }

    /// What the browser's cookie says; `None` when it has none that we wrote.
    pub(crate) fn read<T: DeserializeOwned>(&self, app: &App, headers: &HeaderMap) -> Option<T> {
        let wanted = self.full_name(app);
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
        let sealed = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let text = app.keys.open(&self.place, &sealed).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The header that sets it; without a life it ends with the browser.
    pub(crate) fn set(&self, app: &App, value: &impl Serialize, life: Option<Span>) -> HeaderValue {
        let text = serde_json::to_string(value).expect("what cookies carry is made of text and numbers");
        let mut nonce = [0; 12];
        app.outside.random.fill(&mut nonce);
        self.header(app, &BASE64URL_NOPAD.encode(&app.keys.seal(&self.place, &text, nonce)), life)
    }

    /// The header that takes it away.
    pub(crate) fn erase(&self, app: &App) -> HeaderValue {
        self.header(app, "", Some(Span::seconds(0)))
    }

    fn header(&self, app: &App, value: &str, life: Option<Span>) -> HeaderValue {
        let life = life.map(|life| format!(" Max-Age={};", life.0 / 1000)).unwrap_or_default();
        let secure = if is_clear(app) { "" } else { " Secure;" };
        let cookie = format!("{}={value}; Path=/;{life}{secure} HttpOnly; SameSite=Lax", self.full_name(app));
        HeaderValue::try_from(cookie).expect("names of cookies and what they carry are letters, digits and marks")
    }
}

fn is_clear(app: &App) -> bool {
    app.public_url.starts_with("http://")
}
