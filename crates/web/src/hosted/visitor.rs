//! What a browser carries from page to page: one cookie, encrypted, that nobody but this server reads or writes.

use super::name::Name;
use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use doorward_flows::App;
use doorward_flows::access::Tenant;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long somebody may take for a step that was begun: no shorter than the longest that a login waits.
const STEP_LIFE: Span = Span::minutes(30);

/// The state of one browser at one tenant.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Visitor {
    /// Stands in every form, so that no other site can send one.
    form: String,
    /// The access token of whoever is signed in.
    access: Option<String>,
    /// What was begun, and until when it may be ended.
    step: Option<(Step, i64)>,
    /// The key of a text that the next page shows once.
    notice: Option<String>,
}

/// What somebody is in the middle of.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Step {
    /// Proving an identifier.
    Verify(Name),
    /// Choosing a new password.
    Reset {
        /// For whom.
        name: Name,
        /// Whether the message carries a code, to be typed.
        by_code: bool,
    },
    /// Signing in by what a message carries.
    SignInCode(Name),
    /// Proving, or setting up, a second factor.
    SecondFactor {
        /// Stands for the login that waits.
        token: String,
    },
    /// Setting the PIN that the login waits for.
    Pin {
        /// Stands for the login that waits.
        token: String,
    },
    /// Setting up this number as a second factor, signed in.
    NewPhone(String),
    /// The same with this address.
    NewMailbox(String),
    /// Proving once more who one is, signed in.
    StepUp {
        /// The page that asks for it, and that comes after it.
        page: String,
        /// Where a code went for it.
        sent: Option<Name>,
    },
    /// Deleting the account, with the code that was sent there.
    Delete(Name),
}

impl Visitor {
    /// The visitor that the browser's cookie describes; somebody new where it describes none.
    pub(super) fn of(app: &App, tenant: &Tenant, headers: &HeaderMap) -> Visitor {
        let wanted = cookie_name(app, tenant);
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let known = pairs.find(|(name, _)| *name == wanted).and_then(|(_, value)| {
            let sealed = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
            let text = app.keys.open(&place(tenant), &sealed).ok()?;
            serde_json::from_str(&text).ok()
        });
        known.unwrap_or_else(|| Visitor::new(app))
    }

    fn new(app: &App) -> Visitor {
        let mut bytes = [0; 24];
        app.outside.random.fill(&mut bytes);
        Visitor { form: BASE64URL_NOPAD.encode(&bytes), access: None, step: None, notice: None }
    }

    /// Somebody who has just signed in: nothing stays of who they were before, so that nothing which was planted in the
    /// browser has a hold on the session.
    pub(super) fn signed_in(app: &App, access: &Secret) -> Visitor {
        Visitor { access: Some(access.expose().to_owned()), ..Visitor::new(app) }
    }

    /// Somebody who is not signed in any more.
    pub(super) fn signed_out(app: &App, notice: &str) -> Visitor {
        Visitor { notice: Some(notice.to_owned()), ..Visitor::new(app) }
    }

    /// What stands in this visitor's forms.
    pub(super) fn form(&self) -> &str {
        &self.form
    }

    /// The access token.
    pub(super) fn access(&self) -> Option<Secret> {
        self.access.clone().map(Secret::new)
    }

    /// What was begun, if there is still time.
    pub(super) fn step(&self, now: Timestamp) -> Option<&Step> {
        self.step.as_ref().filter(|(_, until)| now.0 < *until).map(|(step, _)| step)
    }

    /// Begins a step in place of any other.
    pub(super) fn begin(&mut self, step: Step, now: Timestamp) {
        self.step = Some((step, now.plus(STEP_LIFE).0));
    }

    /// Forgets what was begun.
    pub(super) fn end_step(&mut self) {
        self.step = None;
    }

    /// Leaves a text for the next page, by its key.
    pub(super) fn leave(&mut self, notice: &str) {
        self.notice = Some(notice.to_owned());
    }

    /// The text that was left for this page.
    pub(super) fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// The cookie as the answer sets it: for this host alone, over TLS alone, out of reach of scripts, and not sent with
    /// what another site posts. It ends with the browser.
    pub(super) fn cookie(&self, app: &App, tenant: &Tenant) -> HeaderValue {
        let text = serde_json::to_string(self).expect("a visitor is made of text and numbers");
        let mut nonce = [0; 12];
        app.outside.random.fill(&mut nonce);
        let sealed = BASE64URL_NOPAD.encode(&app.keys.seal(&place(tenant), &text, nonce));
        let secure = if is_clear(app) { "" } else { " Secure;" };
        let cookie = format!("{}={sealed}; Path=/;{secure} HttpOnly; SameSite=Lax", cookie_name(app, tenant));
        HeaderValue::try_from(cookie).expect("names of tenants stay out of it, and the rest is letters and digits")
    }
}

/// One name per tenant: a cookie for the whole host, which the prefix demands, is sent to all of them.
///
/// Only where the installation is spoken to in clear, which is the demo on its own machine, the prefix is left out: no
/// browser takes it there.
fn cookie_name(app: &App, tenant: &Tenant) -> String {
    format!("{}doorward-{}", if is_clear(app) { "" } else { "__Host-" }, tenant.id)
}

fn is_clear(app: &App) -> bool {
    app.public_url.starts_with("http://")
}

fn place(tenant: &Tenant) -> String {
    format!("hosted-pages:{}", tenant.id)
}
