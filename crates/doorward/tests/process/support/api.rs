//! A caller over HTTP, and the people it calls for.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Method};
use serde_json::{Value, json};

use super::provider::Text;
use super::{Provider, eventually};

/// The credentials of a tenant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Keys {
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
}

impl Keys {
    /// Out of what `tenant create --json` and `demo --json` print.
    pub(crate) fn of(printed: &Value) -> Keys {
        let text = |name: &str| printed[name].as_str().unwrap_or_else(|| panic!("no {name} in {printed}")).to_owned();
        Keys { api_key: text("api_key"), api_secret: text("api_secret") }
    }
}

/// One running server with the keys of a tenant.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    pub(crate) url: String,
    pub(crate) keys: Keys,
}

/// A request in the making.
pub(crate) struct Call(RequestBuilder);

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Api {
    pub(crate) fn new(url: &str, keys: &Keys) -> Api {
        Api::trusting(&[], url, keys)
    }

    /// A caller that believes these authorities and no other.
    pub(crate) fn trusting(authorities: &[Certificate], url: &str, keys: &Keys) -> Api {
        // Another test of this process has done it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let authorities = authorities.iter().cloned();
        let http = Client::builder().timeout(Duration::from_mins(1)).no_proxy().tls_certs_only(authorities);
        Api { http: http.build().unwrap(), url: url.to_owned(), keys: keys.clone() }
    }

    /// A request without any credentials.
    pub(crate) fn bare(&self, method: Method, path: &str) -> Call {
        Call(self.http.request(method, format!("{}{path}", self.url)))
    }

    /// A request with the API key.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        self.bare(method, path).query("apikey", &self.keys.api_key)
    }

    /// A request with key and secret.
    pub(crate) fn back_end(&self, method: Method, path: &str) -> Call {
        self.call(method, path).header("x-loginradius-apisecret", &self.keys.api_secret)
    }

    /// Whatever a page holds.
    pub(crate) fn page(&self, path: &str) -> Reply {
        self.bare(Method::GET, path).send()
    }

    /// Makes an account for `person`, everything proved.
    pub(crate) fn create(&self, person: &Person) -> Call {
        self.back_end(Method::POST, "/identity/v2/manage/account").json(&person.profile())
    }

    pub(crate) fn account(&self, uid: &str) -> Call {
        self.back_end(Method::GET, &format!("/identity/v2/manage/account/{uid}"))
    }

    /// The account that signs in with this phone.
    pub(crate) fn account_with(&self, phone: &str) -> Call {
        self.back_end(Method::GET, "/identity/v2/manage/account").query("phone", phone)
    }

    pub(crate) fn delete(&self, uid: &str) -> Call {
        self.back_end(Method::DELETE, &format!("/identity/v2/manage/account/{uid}"))
    }

    pub(crate) fn login(&self, person: &Person, password: &str) -> Call {
        let body = json!({ "phone": person.phone, "password": password });
        self.call(Method::POST, "/identity/v2/auth/login").json(&body)
    }

    pub(crate) fn validate(&self, access: &str) -> Call {
        self.call(Method::GET, "/identity/v2/auth/access_token/validate").token(access)
    }

    pub(crate) fn invalidate(&self, access: &str) -> Call {
        self.call(Method::GET, "/identity/v2/auth/access_token/invalidate").token(access)
    }

    pub(crate) fn refresh(&self, refresh: &str) -> Call {
        let path = "/identity/v2/manage/account/access_token/refresh";
        self.back_end(Method::GET, path).query("refresh_token", refresh)
    }

    pub(crate) fn ask_for_reset(&self, person: &Person) -> Call {
        self.call(Method::POST, "/identity/v2/auth/password/otp").json(&json!({ "phone": person.phone }))
    }

    pub(crate) fn reset(&self, person: &Person, code: &str, password: &str) -> Call {
        let body = json!({ "phone": person.phone, "otp": code, "password": password });
        self.call(Method::PUT, "/identity/v2/auth/password/otp").json(&body)
    }

    pub(crate) fn sott(&self) -> String {
        let reply = self.back_end(Method::GET, "/identity/v2/manage/account/sott").send();
        reply.ok()["Sott"].as_str().unwrap().to_owned()
    }

    /// Registers by phone and password alone.
    pub(crate) fn register(&self, person: &Person, sott: &str) -> Call {
        let body = json!({ "PhoneId": person.phone, "Password": person.password });
        self.call(Method::POST, "/identity/v2/auth/register").header("x-loginradius-sott", sott).json(&body)
    }

    pub(crate) fn verify_phone(&self, person: &Person, code: &str) -> Call {
        let call = self.call(Method::PUT, "/identity/v2/auth/phone/otp").query("otp", code);
        call.json(&json!({ "phone": person.phone }))
    }

    /// The newest message to `to` in the demo's mailbox, the `count`th there.
    pub(crate) fn caught(&self, to: &str, count: usize) -> Value {
        eventually("the mailbox catches the message", || {
            let reply = self.bare(Method::GET, "/dev/outbox").query("to", to).send();
            let messages = reply.ok().as_array().unwrap().clone();
            (messages.len() >= count).then(|| messages[0].clone())
        })
    }

    /// Somebody whom the back end made, and the account's id.
    pub(crate) fn somebody(&self) -> (Person, String) {
        let person = Person::new();
        let reply = self.create(&person).send();
        (person, reply.ok()["Uid"].as_str().unwrap().to_owned())
    }

    /// The tokens of a fresh login: access and refresh.
    pub(crate) fn tokens(&self, person: &Person) -> (String, String) {
        self.login(person, &person.password).send().tokens()
    }

    /// A code that resets the person's password, out of the messages that `sms` took.
    pub(crate) fn reset_code(&self, person: &Person, sms: &Provider) -> String {
        let before = sms.texts_to(&person.phone).len();
        self.ask_for_reset(person).send().ok();
        eventually("the code arrives", || sms.texts_to(&person.phone).get(before).map(Text::code))
    }
}

impl Call {
    pub(crate) fn query(self, name: &str, value: &str) -> Call {
        Call(self.0.query(&[(name, value)]))
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Call {
        Call(self.0.header(name, value))
    }

    /// An access token as bearer.
    pub(crate) fn token(self, token: &str) -> Call {
        Call(self.0.bearer_auth(token))
    }

    pub(crate) fn json(self, body: &Value) -> Call {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(self, body: String) -> Call {
        Call(self.0.body(body))
    }

    pub(crate) fn send(self) -> Reply {
        self.0.send().and_then(Reply::read).unwrap()
    }

    /// `None` when the server is gone before it has answered.
    pub(crate) fn try_send(self) -> Option<Reply> {
        self.0.send().and_then(Reply::read).ok()
    }
}

impl Reply {
    fn read(response: reqwest::blocking::Response) -> reqwest::Result<Reply> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text()?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply { status, headers, text, json })
    }

    /// The body of a success; fails the test on every other answer.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.text);
        &self.json
    }

    /// The code of a refusal, 0 of a success.
    pub(crate) fn code(&self) -> u64 {
        if self.status == 200 { 0 } else { self.json["ErrorCode"].as_u64().unwrap_or_else(|| panic!("{self:?}")) }
    }

    /// Access and refresh token of a login, bare or under `Data`.
    #[track_caller]
    pub(crate) fn tokens(&self) -> (String, String) {
        let login = self.ok().get("Data").unwrap_or(&self.json);
        let text = |name: &str| login[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.text)).to_owned();
        (text("access_token"), text("refresh_token"))
    }
}

/// Somebody with identifiers that nobody else has.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) user_name: String,
    pub(crate) password: String,
}

impl Person {
    pub(crate) fn new() -> Person {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Person {
            phone: format!("+9198{:08}", 76_500_000 + number),
            email: format!("kestrel.{number}@example.com"),
            user_name: format!("kestrel_{number}"),
            password: format!("velvet anchor {number} tulips"),
        }
    }

    pub(crate) fn profile(&self) -> Value {
        json!({
            "FirstName": "Asha",
            "Email": [{ "Type": "Primary", "Value": self.email }],
            "PhoneId": self.phone,
            "UserName": self.user_name,
            "Password": self.password,
            "EmailVerified": true,
            "PhoneIdVerified": true,
        })
    }
}
