//! What follows a proved credential: the application, the second factor, the PIN.

use super::device::{Device, has_pin};
use super::request::Here;
use super::visitor::{Step, Visitor};
use crate::hosted::sheet::Trouble;
use axum::response::Response;
use doorward_flows::session::{Finished, Login};
use doorward_flows::sign_in::sign_in_code::issue_sign_in_code;
use doorward_flows::{Error, Result};
use doorward_model::reason::Reason;
use serde_json::Value;

impl Here {
    /// Takes a login on to wherever it leads. What keeps it from going on, but for a PIN that is to be set first, is for
    /// the page to tell; the page is given back for that.
    pub(crate) async fn arrive(mut self, login: Result<Login>) -> Result<Response, (Here, Trouble)> {
        match login {
            Ok(Login::Finished(finished)) => {
                let profile = self.enter(&finished).await;
                Ok(self.welcome(&profile).await)
            }
            Ok(Login::Pending(pending)) => {
                let step = Step::SecondFactor { token: pending.token.expose().to_owned() };
                Ok(self.begin(step, "second-factor"))
            }
            Err(Error::Refused(refusal)) if refusal.reason == Reason::PinSetupRequired => {
                let token = refusal.data.as_ref().and_then(|data| data["PINAuthToken"].as_str()).unwrap_or_default();
                let step = Step::Pin { token: token.to_owned() };
                Ok(self.begin(step, "pin"))
            }
            Err(error) => Err((self, Trouble::of(error))),
        }
    }

    /// Notes who is signed in from here on, and gives their profile.
    pub(crate) async fn enter(&mut self, finished: &Finished) -> Value {
        let profile: Value = serde_json::from_str(finished.profile.get()).unwrap_or_default();
        let mut device = Device::of(finished, &profile);
        if has_pin(&profile)
            && let Some(device) = device.take()
        {
            self.keep(device).await;
        }
        self.visitor = Visitor::signed_in(&self.app, &finished.tokens.access, device);
        profile
    }

    /// Goes on with somebody whose profile, as of this sign-in, this is: to what is offered to them, else to the end.
    pub(crate) async fn welcome(self, profile: &Value) -> Response {
        let passkey = &profile["PasskeyLogin"];
        let offers_pin = self.settings().pin.is_offered(profile["FirstLogin"] == true) && !has_pin(profile);
        if passkey["ProgressiveFlag"] == true || passkey["LocalEnrollmentFlag"] == true {
            self.go("offer/passkey")
        } else if offers_pin {
            self.go("offer/pin")
        } else {
            self.finish().await
        }
    }

    /// The end of a sign-in: back to the application with a code, or to the account's own page.
    pub(crate) async fn finish(self) -> Response {
        let Some(signed_in) = self.signed_in().await else { return self.go("sign-in") };
        let Some(redirect_url) = &self.carried.redirect_url else { return self.go("account") };
        match issue_sign_in_code(&self.app, &signed_in, redirect_url).await {
            Ok(code) => self.leave_for(&self.destination(redirect_url, &code)),
            Err(error) => self.show(self.sheet("sign-in").trouble(&Trouble::of(error))),
        }
    }
}
