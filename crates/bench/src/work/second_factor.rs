//! Logins with a second factor.

use super::{CODE, Login, Tenant, Work};
use crate::http::send;
use crate::population::Factor;
use crate::waiting::Waiting;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// `PUT /auth/login/2fa/sms` for logins that wait.
pub(crate) struct VerifyCode {
    tenant: Tenant,
    until: u64,
    turn: AtomicU64,
}

impl VerifyCode {
    /// For those that were begun for these turns.
    pub(crate) fn new(tenant: Tenant, turns: &Range<u64>) -> VerifyCode {
        VerifyCode { tenant, until: turns.end, turn: AtomicU64::new(turns.start) }
    }
}

impl Work for VerifyCode {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if turn >= self.until {
            return false;
        }
        let login = Waiting::of(self.tenant.population, Factor::Sms, turn);
        let (key, token) = (&self.tenant.api_key, login.token());
        let path = format_args!("/identity/v2/auth/login/2fa/sms?apikey={key}&secondfactorauthenticationtoken={token}");
        send(into, "PUT", path, &format!(r#"{{"otp":"{CODE}"}}"#));
        true
    }
}

/// `POST /auth/login/2fa/passkey/finish` for logins that wait.
pub(crate) struct VerifyPasskey {
    tenant: Tenant,
    first: u64,
    turn: AtomicU64,
    /// What is sent for each turn: signed beforehand, so that the load does not sign while it is measured.
    signed: Vec<String>,
}

impl VerifyPasskey {
    /// For those that were begun for these turns.
    pub(crate) fn new(tenant: Tenant, turns: &Range<u64>, signed: Vec<String>) -> VerifyPasskey {
        VerifyPasskey { tenant, first: turns.start, turn: AtomicU64::new(turns.start), signed }
    }
}

impl Work for VerifyPasskey {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let place = usize::try_from(turn - self.first).ok();
        let Some(body) = place.and_then(|place| self.signed.get(place)) else { return false };
        let login = Waiting::of(self.tenant.population, Factor::Passkey, turn);
        let (key, token) = (&self.tenant.api_key, login.token());
        let path = "/identity/v2/auth/login/2fa/passkey/finish";
        send(into, "POST", format_args!("{path}?apikey={key}&secondfactorauthenticationtoken={token}"), body);
        true
    }
}

/// A login with the right password, which sends a code; then another login, which waits already, is completed with its
/// code: nobody but the owner of the phone can read the one that was sent.
pub(crate) struct MfaLogin {
    login: Login,
    verify: VerifyCode,
}

impl MfaLogin {
    /// Completes those that were begun for these turns.
    pub(crate) fn new(tenant: Tenant, turns: &Range<u64>) -> MfaLogin {
        MfaLogin { login: Login::new(tenant.clone()), verify: VerifyCode::new(tenant, turns) }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LoggedIn {
    second_factor_authentication: Option<Pending>,
}

#[derive(Deserialize)]
struct Pending {
    #[serde(rename = "OTPPhoneNo")]
    phone: Option<String>,
}

impl Work for MfaLogin {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        self.login.request(into)
    }

    fn follow(&self, body: &[u8], into: &mut Vec<u8>) -> Result<bool> {
        let logged_in: LoggedIn = serde_json::from_slice(body).context("the answer to a login")?;
        if logged_in.second_factor_authentication.and_then(|pending| pending.phone).is_none() {
            bail!("the login does not wait for a code");
        }
        if !self.verify.request(into) {
            bail!("no login is left that waits");
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authenticator::Authenticator;
    use crate::population::Population;
    use doorward_model::secret::Secret;

    fn tenant() -> Tenant {
        Tenant { api_key: "key".into(), api_secret: Secret::new("secret"), population: Population::of(1000) }
    }

    fn text(work: &impl Work) -> Option<String> {
        let mut request = Vec::new();
        work.request(&mut request).then(|| String::from_utf8(request).unwrap())
    }

    #[test]
    fn every_login_that_waits_is_completed_once() {
        let authenticator = Authenticator::new().unwrap();
        let signed = |turn| authenticator.answer(Waiting::of(Population::of(1000), Factor::Passkey, turn)).unwrap();
        let works: [Box<dyn Work>; 2] = [
            Box::new(VerifyCode::new(tenant(), &(7..9))),
            Box::new(VerifyPasskey::new(tenant(), &(7..9), vec![signed(7), signed(8)])),
        ];
        for work in works {
            let mut request = Vec::new();
            for turn in [7, 8] {
                request.clear();
                assert!(work.request(&mut request));
                let text = String::from_utf8_lossy(&request);
                let token = Waiting::of(Population::of(1000), Factor::Sms, turn).token();
                assert!(text.contains(&format!("secondfactorauthenticationtoken={token} ")), "{text}");
                let (_, body) = text.split_once("\r\n\r\n").unwrap();
                assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
            }
            assert!(!work.request(&mut request));
        }
    }

    #[test]
    fn a_login_that_waits_is_followed_by_a_code_and_any_other_is_an_error() {
        let work = MfaLogin::new(tenant(), &(0..1));
        assert!(text(&work).unwrap().starts_with("POST /identity/v2/auth/login?"));
        let mut next = Vec::new();
        assert!(work.follow(br#"{"SecondFactorAuthentication":null,"Profile":{}}"#, &mut next).is_err());
        let waits = br#"{"SecondFactorAuthentication":{"OTPPhoneNo":"*******001"},"Profile":null}"#;
        assert!(work.follow(waits, &mut next).unwrap());
        assert!(next.starts_with(b"PUT /identity/v2/auth/login/2fa/sms?"));
        assert!(work.follow(waits, &mut next).is_err(), "there was one");
    }
}
