//! A login that waits for its second factor, as its pages have it in hand.

use super::way::{self, Way, is_phone_possible};
use crate::hosted::here::{Here, Posted, Step, sign_in_form};
use crate::hosted::sheet::{Sheet, Trouble};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::Response;
use doorward_flows::App;
use doorward_flows::credentials::mfa;

use doorward_flows::credentials::mfa::Open;
use doorward_flows::factors::mfa::Factor;
use doorward_flows::session::Login;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;

/// Who looks at a page of it: there only while it waits.
pub(super) struct Waiting {
    pub(super) here: Here,
    pub(super) token: Secret,
    pub(super) login: Open,
}

impl FromRequestParts<App> for Waiting {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Waiting, Response> {
        let here = Here::from_request_parts(parts, app).await?;
        let (token, login) = match find(&here).await {
            Ok(found) => found,
            Err(_) if here.signed_in().await.is_some() => return Err(here.go("sign-in")),
            Err(trouble) => return Err(refuse(here, &trouble)),
        };
        Ok(Waiting { here, token, login })
    }
}

/// Who sends a form of such a page.
pub(super) struct WaitingPosted {
    pub(super) posted: Posted,
    pub(super) token: Secret,
    pub(super) login: Open,
}

impl FromRequest<App> for WaitingPosted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<WaitingPosted, Response> {
        let posted = Posted::from_request(request, app).await?;
        match find(&posted.here).await {
            Ok((token, login)) => Ok(WaitingPosted { posted, token, login }),
            Err(trouble) => Err(refuse(posted.here, &trouble)),
        }
    }
}

impl WaitingPosted {
    /// Everything but what was sent.
    pub(super) fn waiting(self) -> Waiting {
        Waiting { here: self.posted.here, token: self.token, login: self.login }
    }
}

async fn find(here: &Here) -> Result<(Secret, Open), Trouble> {
    let Some(Step::SecondFactor { token }) = here.step() else { return Err(Reason::MfaTokenExpired.into()) };
    let token = Secret::new(token);
    let login = mfa::waiting_login(&here.app, &here.caller, &token).await.map_err(Trouble::of)?;
    Ok((token, login))
}

/// Says why there is no such login; what may pass leaves it as it is.
fn refuse(here: Here, trouble: &Trouble) -> Response {
    if trouble.ends_login() { start_again(here, trouble) } else { here.show(here.sheet("broken").trouble(trouble)) }
}

/// Back to the beginning, with the reason.
fn start_again(mut here: Here, trouble: &Trouble) -> Response {
    here.visitor.end_step();
    here.show(sign_in_form(&here, "").trouble(trouble))
}

impl Waiting {
    /// What the person may prove themselves with, or set up, the best first.
    pub(super) fn ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> = Way::FACTORS.into_iter().filter(|way| self.takes(*way)).collect();
        if self.login.has_backup_codes && !self.login.sets_up() {
            ways.push(Way::BackupCode);
        }
        ways
    }

    fn takes(&self, way: Way) -> bool {
        let Some(factor) = way.factor() else { return false };
        if !self.login.sets_up() {
            return self.login.factors.verified.contains(&factor);
        }
        let is_possible = match factor {
            Factor::Sms => is_phone_possible(&self.here),
            Factor::Email => !self.login.mailboxes.is_empty(),
            Factor::Authenticator => self.login.factors.authenticator.is_some(),
            Factor::SecurityQuestion => !self.login.factors.questions.is_empty(),
            Factor::Passkey => true,
        };
        is_possible && factor.is_offered(self.here.settings())
    }

    /// Where the codes of this way go, as far as it is told, and whether one did.
    pub(super) fn receiver(&self, way: Way) -> Option<(String, bool)> {
        let login = &self.login;
        match way {
            Way::Phone if !self.login.sets_up() => Some((login.factors.phone.clone()?, login.texted.is_some())),
            Way::Email => match (&login.mailed, login.factors.emails.as_slice()) {
                (Some(mailed), _) => Some((mailed.masked(), true)),
                (None, [only]) => Some((only.clone(), false)),
                (None, _) => None,
            },
            _ => None,
        }
    }

    /// The ways out of a page.
    pub(super) fn close<'a>(&self, sheet: Sheet<'a>) -> Sheet<'a> {
        way::LOGIN.close(sheet, &self.ways())
    }

    /// On to wherever the login leads, or the form again with what was wrong.
    pub(super) async fn arrive(
        self,
        login: doorward_flows::Result<Login>,
        form: impl for<'a> FnOnce(&'a Waiting) -> Sheet<'a>,
    ) -> Response {
        let Waiting { here, token, login: open } = self;
        match here.arrive(login).await {
            Ok(response) => response,
            Err((here, trouble)) => Waiting { here, token, login: open }.refuse(&trouble, form),
        }
    }

    /// The form again with what was wrong; where the login waits no more, the beginning.
    pub(super) fn refuse(self, trouble: &Trouble, form: impl for<'a> FnOnce(&'a Waiting) -> Sheet<'a>) -> Response {
        if trouble.ends_login() {
            return start_again(self.here, trouble);
        }
        self.here.show(form(&self).trouble(trouble))
    }

    /// The page of a code that was sent.
    pub(super) fn sent(mut self, notice: &str, way: Way) -> Response {
        self.here.visitor.leave(notice);
        self.here.go(&way::LOGIN.page(way.page()))
    }
}
