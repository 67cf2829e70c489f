//! One request to a hosted page: whose page it is, who asks, and how the answer goes out.

use super::cookie::Kind;
use super::device::Device;
use super::visitor::{Step, Visitor};
use crate::frame::page::{self, sentence};
use crate::frame::watch::RequestId;
use crate::hosted::sheet::{Carried, Language, Sheet, Site};
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_flows::access::{self, Wished, client};
use doorward_flows::access::{Caller, SignedIn, Visit, Webhooks};
use doorward_flows::{App, Error};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::{HostedPages, Settings};
use serde::Serialize;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// The longest `state` that is carried, in bytes.
const LONGEST_STATE: usize = 1024;

/// What every handler of a page begins with.
pub(crate) struct Here {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    pub(crate) visitor: Visitor,
    /// Whom the device knows.
    pub(crate) device: Option<Device>,
    /// Set with the answer, when the device is to know somebody else.
    pub(crate) device_cookie: Option<HeaderValue>,
    pub(crate) carried: Carried,
    /// What the link in a message carries.
    pub(crate) token: Option<Secret>,
    language: Language,
    /// The host and port that the browser spoke to.
    host: Option<String>,
}

impl FromRequestParts<App> for Here {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Here, Response> {
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        let name = path.get("tenant").map(String::as_str).unwrap_or_default();
        let asked: HashMap<String, String> =
            parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let mut asked = asked.into_iter().filter(|(_, value)| !value.is_empty()).collect::<HashMap<_, _>>();
        let caller = access::caller_of_pages(app, visit(parts, app), name).await.map_err(no_pages)?;
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let ui_locales = asked.remove("ui_locales").filter(|text| text.len() <= 100);
        let here = Here {
            app: app.clone(),
            visitor: Visitor::of(app, &caller.tenant, &parts.headers),
            device: Kind::Device.of(&caller.tenant).read(app, &parts.headers),
            device_cookie: None,
            caller,
            language: Language::of(ui_locales.as_deref(), accepted),
            token: asked.remove("vtoken").map(Secret::new),
            carried: Carried { redirect_url: asked.remove("redirect_url"), state: asked.remove("state"), ui_locales },
            host: parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned),
        };
        let leads_somewhere = here.carried.redirect_url.as_ref().is_none_or(|url| here.pages().leads_to(url));
        let state_fits = here.carried.state.as_ref().is_none_or(|state| state.len() <= LONGEST_STATE);
        if leads_somewhere && state_fits {
            return Ok(here);
        }
        // Nobody is led there, and no page carries it on.
        let carried = Carried { ui_locales: here.carried.ui_locales, ..Carried::default() };
        let here = Here { carried, ..here };
        let sheet = here.sheet("refused-redirect").answered(StatusCode::BAD_REQUEST);
        Err(here.show(sheet))
    }
}

fn no_pages(error: Error) -> Response {
    match error {
        Error::Refused(refusal) if refusal.reason == Reason::ApiKeyUnauthorized => {
            sentence(StatusCode::NOT_FOUND, "There is no sign-in page here; check the address.")
        }
        Error::Refused(refusal) => sentence(
            StatusCode::from_u16(refusal.reason.status()).unwrap_or(StatusCode::FORBIDDEN),
            "This page cannot be used now; try again later.",
        ),
        Error::Failed(cause) => {
            tracing::error!(cause = format!("{cause:#}"), "a hosted page failed");
            sentence(StatusCode::INTERNAL_SERVER_ERROR, "This page could not be made; the log says why.")
        }
    }
}

fn visit(parts: &Parts, app: &App) -> Visit {
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer: IpAddr = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip().to_canonical());
    let forwarded = parts.headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    Visit {
        ip: client::address(peer, forwarded, &app.trusted_proxies),
        user_agent: text(header::USER_AGENT).unwrap_or_default(),
        // What guards these pages is the text in their forms: browsers send `null` here, since no page names itself.
        origin: None,
        referer: text(header::REFERER),
        request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        webhooks: Webhooks::Fire,
        templates: Wished::read(|_| None),
    }
}

impl Here {
    pub(crate) fn settings(&self) -> &Settings {
        self.caller.settings()
    }

    pub(crate) fn pages(&self) -> &HostedPages {
        self.site().pages()
    }

    /// What pages are made from.
    pub(crate) fn site(&self) -> Site<'_> {
        Site { tenant: &self.caller.tenant, language: self.language, carried: &self.carried }
    }

    /// The text of this key; `app` in it is the application's name.
    pub(crate) fn say(&self, key: &str) -> String {
        self.site().say(key)
    }

    /// The same with more put in.
    pub(crate) fn say_with(&self, key: &str, given: &[(&str, &str)]) -> String {
        self.site().say_with(key, given)
    }

    /// Whoever is signed in in this browser.
    pub(crate) async fn signed_in(&self) -> Option<SignedIn> {
        let (token, key) = (self.visitor.access()?, &self.caller.tenant.api_key);
        access::signed_in(&self.app, self.caller.visit.clone(), Some(key), Some(&token)).await.ok()
    }

    /// What the visitor is in the middle of.
    pub(crate) fn step(&self) -> Option<Step> {
        self.visitor.step(self.app.now()).cloned()
    }

    /// Begins a step and goes to its page.
    pub(crate) fn begin(mut self, step: Step, page: &str) -> Response {
        let now = self.app.now();
        self.visitor.begin(step, now);
        self.go(page)
    }

    /// The address of a page of this tenant, on this host.
    pub(crate) fn path(&self, page: &str) -> String {
        self.site().path(page)
    }

    /// The address of a page for a message.
    pub(crate) fn link(&self, page: &str) -> String {
        format!("{}{}", self.app.public_url, self.path(page))
    }

    /// The same for a page that makes passkeys: where the person sees it now, if the tenant's passkeys are for that origin.
    pub(crate) fn passkey_link(&self, page: &str) -> String {
        let scheme = self.app.public_url.split("://").next().unwrap_or_default();
        let origin = format!("{scheme}://{}", self.host.as_deref().unwrap_or_default());
        let settings = self.settings();
        if settings.passkeys.origins.contains(&origin) && access::is_own(&self.app, settings, &origin) {
            return format!("{origin}{}", self.path(page));
        }
        self.link(page)
    }

    /// Where a finished sign-in takes this code.
    pub(crate) fn destination(&self, redirect_url: &str, code: &Secret) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("code", code.expose());
        if let Some(state) = &self.carried.state {
            query.append_pair("state", state);
        }
        let mark = if redirect_url.contains('?') { '&' } else { '?' };
        format!("{redirect_url}{mark}{}", query.finish())
    }

    /// A page whose texts begin with this key.
    pub(crate) fn sheet(&self, key: &'static str) -> Sheet<'_> {
        Sheet::new(self.site(), key)
    }

    /// Answers with a page.
    pub(crate) fn show(&self, sheet: Sheet<'_>) -> Response {
        let status = sheet.status();
        self.render("form.html", status, &sheet.finish())
    }

    /// Answers with a page of a template of its own.
    pub(crate) fn render(&self, template: &str, status: StatusCode, values: &impl Serialize) -> Response {
        let mut visitor = self.visitor.clone();
        let notice = visitor.take_notice().map(|key| self.say(&key));
        let frame = Frame {
            lang: self.language.tag(),
            app: self.site().title(),
            logo: &self.pages().logo,
            scheme: self.pages().colour_scheme,
            theme: format!("{}/theme.css", self.caller.tenant.pages()),
            form: visitor.form(),
            notice,
            skip: self.say("skip"),
            show: self.say("show-password"),
            hide: self.say("hide-password"),
            page: values,
        };
        let mut response = page::fresh(template, frame);
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, self.content_security_policy());
        self.with_cookies(response, &visitor)
    }

    fn with_cookies(&self, mut response: Response, visitor: &Visitor) -> Response {
        let headers = response.headers_mut();
        headers.append(header::SET_COOKIE, visitor.cookie(&self.app, &self.caller.tenant));
        if let Some(device) = &self.device_cookie {
            headers.append(header::SET_COOKIE, device.clone());
        }
        response
    }

    /// Nothing inline and nothing from elsewhere. A browser asks this also of where a form's answer leads, so that the
    /// one place is named.
    fn content_security_policy(&self) -> HeaderValue {
        let origin = self.carried.redirect_url.as_deref().and_then(|url| Url::parse(url).ok());
        let origin = origin.map(|url| format!(" {}", url.origin().ascii_serialization())).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'{origin}; base-uri 'none'; frame-ancestors 'none'"
        );
        HeaderValue::try_from(policy).expect("an origin is printable ASCII")
    }

    /// Goes to a page of this tenant.
    pub(crate) fn go(&self, page: &str) -> Response {
        self.leave_for(&self.path(page))
    }

    /// Goes to an address that was checked.
    pub(crate) fn leave_for(&self, address: &str) -> Response {
        let Ok(location) = HeaderValue::try_from(address) else {
            return sentence(StatusCode::INTERNAL_SERVER_ERROR, "This page leads nowhere.");
        };
        self.with_cookies((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(), &self.visitor)
    }
}

/// What surrounds every page.
#[derive(Serialize)]
struct Frame<'a, V> {
    lang: &'static str,
    app: &'a str,
    logo: &'a str,
    scheme: doorward_model::settings::ColourScheme,
    theme: String,
    form: &'a str,
    notice: Option<String>,
    skip: String,
    show: String,
    hide: String,
    page: &'a V,
}
