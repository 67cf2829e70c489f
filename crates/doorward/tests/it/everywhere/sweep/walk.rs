//! A walk over every operation: a request that it answers, and what is true of every answer.

use super::UNKNOWN_GUID;
use crate::support::operations::{Credential, Declared};
use crate::support::{Call, Reply, Test};
use axum::http::Method;
use doorward_model::reason::Reason;

/// A walk over the operations; what is wrong is told at the end, all of it at once.
pub(super) struct Sweep {
    pub(super) t: Test,
    pub(super) wrong: Vec<String>,
}

/// A request to one operation with the credentials it needs, about a person of its own, and nothing else in it.
#[derive(Clone)]
pub(super) struct Ready<'a> {
    pub(super) declared: &'a Declared,
    pub(super) path: String,
    pub(super) credentials: Vec<(Credential, String)>,
}

impl Ready<'_> {
    pub(super) fn without(mut self, credential: Credential) -> Self {
        self.credentials.retain(|(kind, _)| *kind != credential);
        self
    }

    pub(super) fn with(self, credential: Credential, value: &str) -> Self {
        let mut ready = self.without(credential);
        ready.credentials.push((credential, value.to_owned()));
        ready
    }

    pub(super) fn call(&self, t: &Test) -> Call {
        self.call_at(t, self.declared.operation.method.clone(), &self.path)
    }

    pub(super) fn call_at(&self, t: &Test, method: Method, path: &str) -> Call {
        self.credentials.iter().fold(t.call(method, path), |call, (credential, value)| match credential {
            Credential::ApiKey => call.query("apikey", value),
            Credential::ApiSecret => call.header("x-loginradius-apisecret", value),
            Credential::AccessToken => call.token(value),
            Credential::MfaToken => call.query("secondfactorauthenticationtoken", value),
            Credential::Sott => call.header("x-loginradius-sott", value),
            Credential::SessionToken => call.query("session_token", value),
            Credential::PasskeyToken => call.query("vtoken", value),
            Credential::PinAuthToken => call.query("pinauthtoken", value),
        })
    }
}

impl Sweep {
    pub(super) async fn new() -> Sweep {
        let t = Test::new().await;
        t.leave_messages();
        Sweep { t, wrong: Vec::new() }
    }

    pub(super) async fn ready<'a>(&self, declared: &'a Declared) -> Ready<'a> {
        let is_about_somebody = declared.operation.path.contains('{') || declared.requires(Credential::AccessToken);
        let user = if is_about_somebody { Some(self.t.user().await) } else { None };
        let mut credentials = Vec::new();
        for credential in &declared.required {
            let value = match (credential, &user) {
                (Credential::ApiKey, _) => self.t.acme.api_key.clone(),
                (Credential::ApiSecret, _) => self.t.acme.api_secret.clone(),
                (Credential::Sott, _) => self.t.sott().await,
                // One that opens nothing: what it opens is asked where it belongs.
                (
                    Credential::MfaToken
                    | Credential::PasskeyToken
                    | Credential::SessionToken
                    | Credential::PinAuthToken,
                    _,
                ) => UNKNOWN_GUID.to_owned(),
                (Credential::AccessToken, Some(user)) => self.t.login(user).await.access,
                (Credential::AccessToken, None) => unreachable!("a token is somebody's"),
            };
            credentials.push((*credential, value));
        }
        Ready { declared, path: declared.path(user.as_ref().map_or("", |user| &user.uid)), credentials }
    }

    /// Sends it and looks at what every answer must be.
    pub(super) async fn send(&mut self, declared: &Declared, what: &str, call: Call) -> Reply {
        let reply = call.send().await;
        if let Err(why) = judge(&reply) {
            self.wrong.push(format!("{}, {what}: {why}: {} {}", declared.operation.id, reply.status, reply.text));
        }
        reply
    }

    pub(super) async fn refused(&mut self, declared: &Declared, what: &str, call: Call, expected: (u16, u64)) -> Reply {
        let reply = self.send(declared, what, call).await;
        let seen = (reply.status, reply.json["ErrorCode"].as_u64().unwrap_or_default());
        if seen != expected {
            self.wrong.push(format!("{}, {what}: {seen:?} instead of {expected:?}", declared.operation.id));
        }
        reply
    }

    /// 908 that names this parameter.
    pub(super) async fn missed(&mut self, declared: &Declared, what: &str, call: Call, parameter: &str) {
        let reply = self.refused(declared, what, call, (400, 908)).await;
        if reply.json["Description"] != format!("The {parameter} is a required parameter.") {
            self.wrong.push(format!("{}, {what}: {}", declared.operation.id, reply.text));
        }
    }

    /// That both requests are answered alike: the same refusal, or a success with the same keys.
    pub(super) async fn alike(&mut self, declared: &Declared, what: &str, plain: Call, odd: Call) {
        let plain = self.send(declared, "plain", plain).await;
        let odd = self.send(declared, what, odd).await;
        if outline(&plain) != outline(&odd) {
            let (plain, odd) = (outline(&plain), outline(&odd));
            self.wrong.push(format!("{}, {what}: {odd} instead of {plain}", declared.operation.id));
        }
    }

    #[track_caller]
    pub(super) fn end(self) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
    }
}

/// What is true of every answer, whatever was asked.
pub(super) fn judge(reply: &Reply) -> Result<(), &'static str> {
    let is = |name: &str, value: &str| reply.header(name) == Some(value);
    if reply.header("x-request-id").is_none_or(str::is_empty) {
        return Err("no request id");
    }
    if !is("cache-control", "no-store") || !is("x-content-type-options", "nosniff") {
        return Err("may be kept or guessed at");
    }
    if !is("content-type", "application/json; charset=utf-8") {
        return Err("not JSON");
    }
    if reply.status == 200 {
        return if reply.json.get("ErrorCode").is_some() { Err("a success with a code") } else { Ok(()) };
    }
    if reply.status >= 500 {
        return Err("failed");
    }
    let texts = [&reply.json["Message"], &reply.json["Description"]];
    if texts.iter().any(|text| text.as_str().is_none_or(str::is_empty)) {
        return Err("without its texts");
    }
    let code = reply.json["ErrorCode"].as_u64();
    let listed = |reason: &&Reason| Some(u64::from(reason.code())) == code && reason.status() == reply.status;
    if Reason::ALL.iter().any(|reason| listed(&reason)) { Ok(()) } else { Err("not in the catalogue") }
}

pub(super) fn outline(reply: &Reply) -> String {
    if reply.status != 200 {
        return reply.text.clone();
    }
    let keys = reply.json.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    keys.collect::<Vec<_>>().join(" ")
}
