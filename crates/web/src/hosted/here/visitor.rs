//! What a browser carries from page to page: one cookie, encrypted, that nobody but this server reads or writes.

use super::cookie::Kind;
use super::device::Device;
use super::name::Name;
use axum::http::{HeaderMap, HeaderValue};
use data_encoding::BASE64URL_NOPAD;
use doorward_flows::App;
use doorward_flows::app::Tenant;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long somebody may take for a step that was begun: no shorter than the longest that a login waits.
const STEP_LIFE: Span = Span::minutes(30);

/// The state of one browser at one tenant.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Visitor {
    /// Stands in every form, so that no other site can send one.
    form: String,
    /// The access token of whoever is signed in.
    access: Option<String>,
    /// What the device could keep of whoever is signed in, once they have a PIN.
    device: Option<Device>,
    /// What was begun, and until when it may be ended.
    step: Option<(Step, i64)>,
    /// The key of a text that the next page shows once.
    notice: Option<String>,
}

/// What somebody is in the middle of.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Step {
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
    /// Choosing a new PIN.
    ResetPin(Name),
    /// Waiting for the link that replaces lost passkeys, at this address.
    LostPasskey(String),
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
    Proving {
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
    pub(crate) fn of(app: &App, tenant: &Tenant, headers: &HeaderMap) -> Visitor {
        Kind::Visitor.of(tenant).read(app, headers).unwrap_or_else(|| Visitor::new(app))
    }

    fn new(app: &App) -> Visitor {
        let mut bytes = [0; 24];
        app.outside.random.fill(&mut bytes);
        Visitor { form: BASE64URL_NOPAD.encode(&bytes), access: None, device: None, step: None, notice: None }
    }

    /// Somebody who has just signed in: nothing stays of who they were before, so that nothing which was planted in the
    /// browser has a hold on the session.
    pub(crate) fn signed_in(app: &App, access: &Secret, device: Option<Device>) -> Visitor {
        Visitor { access: Some(access.expose().to_owned()), device, ..Visitor::new(app) }
    }

    /// Somebody who is not signed in any more.
    pub(crate) fn signed_out(app: &App, notice: &str) -> Visitor {
        Visitor { notice: Some(notice.to_owned()), ..Visitor::new(app) }
    }

    /// What stands in this visitor's forms.
    pub(crate) fn form(&self) -> &str {
        &self.form
    }

    /// The access token.
    pub(crate) fn access(&self) -> Option<Secret> {
        self.access.clone().map(Secret::new)
    }

    /// What the device could keep of whoever is signed in.
    pub(crate) fn take_device(&mut self) -> Option<Device> {
        self.device.take()
    }

    /// True while a notice waits for the next page.
    pub(crate) fn has_notice(&self) -> bool {
        self.notice.is_some()
    }

    /// What was begun, if there is still time.
    pub(crate) fn step(&self, now: Timestamp) -> Option<&Step> {
        self.step.as_ref().filter(|(_, until)| now.0 < *until).map(|(step, _)| step)
    }

    /// Begins a step in place of any other.
    pub(crate) fn begin(&mut self, step: Step, now: Timestamp) {
        self.step = Some((step, now.plus(STEP_LIFE).0));
    }

    /// Forgets what was begun.
    pub(crate) fn end_step(&mut self) {
        self.step = None;
    }

    /// Leaves a text for the next page, by its key.
    pub(crate) fn leave(&mut self, notice: &str) {
        self.notice = Some(notice.to_owned());
    }

    /// The text that was left for this page.
    pub(crate) fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// The cookie as the answer sets it. It ends with the browser.
    pub(crate) fn cookie(&self, app: &App, tenant: &Tenant) -> HeaderValue {
        Kind::Visitor.of(tenant).set(app, self, None)
    }
}
