//! What is asked of the server: the requests of each scenario.

use crate::http::{get, send};
use crate::population::{Population, Role};
use anyhow::Result;
use doorward_model::secret::Secret;
use doorward_model::sott::{self, DerivedKey, Window};
use doorward_model::time::{Span, Timestamp};
use serde::Deserialize;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

mod second_factor;

pub(crate) use second_factor::{MfaLogin, VerifyCode, VerifyPasskey};

/// Something that connections ask for again and again.
pub(crate) trait Work: Send + Sync {
    /// Writes the next request; false when there is nothing left to ask for.
    fn request(&self, into: &mut Vec<u8>) -> bool;

    /// The status of a good answer.
    fn wanted(&self) -> u16 {
        200
    }

    /// Takes what a good answer brought.
    fn answered(&self, _body: &[u8]) {}

    /// Writes what follows the first good answer, for work that takes two requests; false when one is all.
    fn follow(&self, _body: &[u8], _into: &mut Vec<u8>) -> Result<bool> {
        Ok(false)
    }
}

/// How the tenant is called, and who is in it.
#[derive(Clone)]
pub(crate) struct Tenant {
    /// Its public key.
    pub(crate) api_key: String,
    /// Its secret.
    pub(crate) api_secret: Secret,
    /// Its people.
    pub(crate) population: Population,
}

/// The password that every account begins with.
pub(crate) const PASSWORD: &str = "seven quiet lanterns";

/// The PIN of everybody who has one.
pub(crate) const PIN: &str = "2580";

/// The code that is issued to everybody who is to use one; its hash differs with each phone.
pub(crate) const CODE: &str = "271828";

/// One path without parameters.
pub(crate) struct Get(pub(crate) &'static str);

impl Work for Get {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        get(into, format_args!("{}", self.0), format_args!(""));
        true
    }
}

/// `POST /auth/login` with the right password.
pub(crate) struct Login {
    tenant: Tenant,
    turn: AtomicU64,
}

impl Login {
    pub(crate) fn new(tenant: Tenant) -> Login {
        Login { tenant, turn: AtomicU64::new(0) }
    }
}

impl Work for Login {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let guest = self.tenant.population.any(Role::Guest, self.turn.fetch_add(1, Ordering::Relaxed));
        login(into, &self.tenant, &guest.email(), PASSWORD);
        true
    }
}

fn login(into: &mut Vec<u8>, tenant: &Tenant, email: &str, password: &str) {
    let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
    send(into, "POST", format_args!("/identity/v2/auth/login?apikey={}", tenant.api_key), &body);
}

/// `POST /auth/login/pin` with the right PIN.
pub(crate) struct LoginPin {
    tenant: Tenant,
    turn: AtomicU64,
}

impl LoginPin {
    pub(crate) fn new(tenant: Tenant) -> LoginPin {
        LoginPin { tenant, turn: AtomicU64::new(0) }
    }
}

impl Work for LoginPin {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let guest = self.tenant.population.any(Role::Guest, self.turn.fetch_add(1, Ordering::Relaxed));
        let (key, token) = (&self.tenant.api_key, guest.pin_session_token());
        let path = format_args!("/identity/v2/auth/login/pin?apikey={key}&session_token={token}");
        send(into, "POST", path, &format!(r#"{{"pin":"{PIN}"}}"#));
        true
    }
}

/// `GET` of a path with the access token of some reader.
pub(crate) struct Read {
    tenant: Tenant,
    path: &'static str,
    who: fn(Population, u64) -> crate::population::Person,
    turn: AtomicU64,
}

impl Read {
    /// Asks whether tokens live.
    pub(crate) fn validate(tenant: Tenant) -> Read {
        Read {
            tenant,
            path: "/identity/v2/auth/access_token/validate",
            who: |population, turn| population.any(Role::Reader, turn),
            turn: AtomicU64::new(0),
        }
    }

    /// Reads full profiles.
    pub(crate) fn profile(tenant: Tenant) -> Read {
        Read {
            tenant,
            path: "/identity/v2/auth/account",
            who: Population::any_with_full_profile,
            turn: AtomicU64::new(0),
        }
    }
}

impl Work for Read {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let reader = (self.who)(self.tenant.population, self.turn.fetch_add(1, Ordering::Relaxed));
        let (path, key, token) = (self.path, &self.tenant.api_key, reader.access_token());
        get(into, format_args!("{path}?apikey={key}"), format_args!("authorization: Bearer {token}\r\n"));
        true
    }
}

/// Tokens that are good for one use; whoever takes one puts the next in.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Arc<Mutex<VecDeque<String>>>);

/// So many are enough to be far apart on the disk.
const MOST_TOKENS: u64 = 100_000;

impl Tokens {
    /// The first refresh tokens of everybody in a role.
    pub(crate) fn of(population: Population, role: Role) -> Tokens {
        let count = population.count(role).min(MOST_TOKENS);
        // From all over the population, each once.
        let step = population.count(role) / count;
        let tokens = (0..count).map(|turn| population.next(role, turn * step).refresh_token());
        Tokens(Arc::new(Mutex::new(tokens.collect())))
    }

    /// The one that was put in first.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Puts one in.
    pub(crate) fn put(&self, token: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(token);
    }
}

/// `GET /manage/account/access_token/refresh`, with the token that the one before it brought.
pub(crate) struct Refresh {
    tenant: Tenant,
    tokens: Tokens,
}

impl Refresh {
    pub(crate) fn new(tenant: Tenant, tokens: Tokens) -> Refresh {
        Refresh { tenant, tokens }
    }
}

#[derive(Deserialize)]
struct Refreshed {
    refresh_token: String,
}

impl Work for Refresh {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let Some(token) = self.tokens.take() else { return false };
        let (key, secret) = (&self.tenant.api_key, self.tenant.api_secret.expose());
        let path = "/identity/v2/manage/account/access_token/refresh";
        get(
            into,
            format_args!("{path}?apikey={key}&refresh_token={token}"),
            format_args!("x-loginradius-apisecret: {secret}\r\n"),
        );
        true
    }

    fn answered(&self, body: &[u8]) {
        if let Ok(refreshed) = serde_json::from_slice::<Refreshed>(body) {
            self.tokens.put(refreshed.refresh_token);
        }
    }
}

/// `PUT /auth/password/otp` by people who were issued codes.
pub(crate) struct Reset {
    tenant: Tenant,
    until: u64,
    turn: AtomicU64,
}

impl Reset {
    /// By those whose turns these are.
    pub(crate) fn new(tenant: Tenant, turns: &Range<u64>) -> Reset {
        Reset { tenant, until: turns.end, turn: AtomicU64::new(turns.start) }
    }
}

impl Work for Reset {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if turn >= self.until {
            return false;
        }
        let phone = self.tenant.population.resetter(turn).phone();
        let body = format!(r#"{{"phone":"{phone}","otp":"{CODE}","password":"lantern number {turn} burns"}}"#);
        send(into, "PUT", format_args!("/identity/v2/auth/password/otp?apikey={}", self.tenant.api_key), &body);
        true
    }
}

/// `PUT /auth/login/passwordlesslogin/otp/verify` by people who were issued codes.
pub(crate) struct Arrive {
    tenant: Tenant,
    until: u64,
    turn: AtomicU64,
}

impl Arrive {
    /// By those whose turns these are.
    pub(crate) fn new(tenant: Tenant, turns: &Range<u64>) -> Arrive {
        Arrive { tenant, until: turns.end, turn: AtomicU64::new(turns.start) }
    }
}

impl Work for Arrive {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if turn >= self.until {
            return false;
        }
        let body = format!(r#"{{"phone":"{}","otp":"{CODE}"}}"#, self.tenant.population.anybody(turn).phone());
        let path = "/identity/v2/auth/login/passwordlesslogin/otp/verify";
        send(into, "PUT", format_args!("{path}?apikey={}", self.tenant.api_key), &body);
        true
    }
}

/// `POST /auth/register` by people who were never here, all of them with one registration token.
pub(crate) struct Register {
    tenant: Tenant,
    /// As it stands in a query.
    sott: String,
    turn: AtomicU64,
}

/// A registration token lives longer than its scenario is measured.
const SOTT_LIFE: Span = Span::days(1);

impl Register {
    pub(crate) fn new(tenant: Tenant, now: Timestamp) -> Register {
        let key = DerivedKey::derive(&tenant.api_secret);
        let token = sott::make(&tenant.api_key, &key, Window { start: now, end: now.plus(SOTT_LIFE) });
        let sott = token.expose().replace('+', "%2B");
        Register { tenant, sott, turn: AtomicU64::new(0) }
    }
}

impl Work for Register {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let email = format!(r#"[{{"Type":"Primary","Value":"newcomer-{turn}@bench.example"}}]"#);
        let body = format!(r#"{{"FirstName":"Ada","Email":{email},"Password":"{PASSWORD}"}}"#);
        let (key, sott) = (&self.tenant.api_key, &self.sott);
        send(into, "POST", format_args!("/identity/v2/auth/register?apikey={key}&sott={sott}"), &body);
        true
    }
}

/// `POST /auth/login` with a wrong password.
pub(crate) struct WrongPassword {
    tenant: Tenant,
    whose: Whose,
    turn: AtomicU64,
}

/// Whose password is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// That of an account.
    Somebodys,
    /// That of an address which nobody has.
    Nobodys,
}

/// Fewer failures than lock an account.
const GUESSES_EACH: u64 = 50;

impl WrongPassword {
    pub(crate) fn new(tenant: Tenant, whose: Whose) -> WrongPassword {
        WrongPassword { tenant, whose, turn: AtomicU64::new(0) }
    }
}

impl Work for WrongPassword {
    fn request(&self, into: &mut Vec<u8>) -> bool {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let population = self.tenant.population;
        let email = match self.whose {
            Whose::Somebodys if turn >= GUESSES_EACH * population.count(Role::Guest) => return false,
            Whose::Somebodys => population.next(Role::Guest, turn).email(),
            Whose::Nobodys => format!("nobody-{turn}@bench.example"),
        };
        login(into, &self.tenant, &email, "seven loud lanterns");
        true
    }

    fn wanted(&self) -> u16 {
        401
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_model::settings::SottRules;

    fn tenant() -> Tenant {
        Tenant { api_key: "key".into(), api_secret: Secret::new("secret"), population: Population::of(1000) }
    }

    fn text(work: &impl Work) -> Option<String> {
        let mut request = Vec::new();
        work.request(&mut request).then(|| String::from_utf8(request).unwrap())
    }

    #[test]
    fn a_refresh_asks_with_the_token_that_the_last_answer_brought() {
        let tokens = Tokens::default();
        tokens.put("first".to_owned());
        let work = Refresh::new(tenant(), tokens);
        assert!(text(&work).unwrap().contains("refresh_token=first "));
        assert_eq!(text(&work), None, "one token is one request");
        work.answered(br#"{"access_token":"a","refresh_token":"second","expires_in":"later"}"#);
        assert!(text(&work).unwrap().contains("refresh_token=second "));
    }

    #[test]
    fn everybody_who_was_issued_a_code_resets_once() {
        let work = Reset::new(tenant(), &(199..201));
        let (last, first) = (text(&work).unwrap(), text(&work).unwrap());
        assert_eq!(text(&work), None);
        assert!(last.contains(&tenant().population.next(Role::Resetter, 199).phone()));
        assert!(first.contains(&tenant().population.next(Role::Resetter, 0).phone()), "after the last comes the first");
    }

    #[test]
    fn everybody_who_was_issued_a_code_signs_in_once() {
        let work = Arrive::new(tenant(), &(999..1001));
        let (last, first) = (text(&work).unwrap(), text(&work).unwrap());
        assert_eq!(text(&work), None);
        assert!(last.contains(&tenant().population.anybody(999).phone()));
        assert!(first.contains(&tenant().population.anybody(0).phone()), "after the last comes the first");
    }

    #[test]
    fn every_guess_at_an_unknown_address_names_another() {
        let work = WrongPassword::new(tenant(), Whose::Nobodys);
        assert_ne!(text(&work), text(&work));
    }

    #[test]
    fn everybody_registers_another_address_with_the_token_of_the_tenant() {
        let work = Register::new(tenant(), Timestamp(0));
        let (first, second) = (text(&work).unwrap(), text(&work).unwrap());
        assert!(first.contains("newcomer-0@") && second.contains("newcomer-1@"));
        let (_, sott) = first.split_once("&sott=").unwrap();
        let (sott, _) = sott.split_once(' ').unwrap();
        let key = DerivedKey::derive(&tenant().api_secret);
        assert!(sott::verify(sott, "key", &key, Timestamp(0), &SottRules::default()).is_ok(), "{sott}");
    }

    #[test]
    fn bodies_are_json() {
        let register = Register::new(tenant(), Timestamp(0));
        let requests = [
            text(&Login::new(tenant())),
            text(&LoginPin::new(tenant())),
            text(&Reset::new(tenant(), &(0..1))),
            text(&Arrive::new(tenant(), &(0..1))),
            text(&register),
        ];
        for request in requests.map(Option::unwrap) {
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
        }
    }
}
