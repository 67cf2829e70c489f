//! `[sms]` and `[voice]`

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::finding::Finding;
use super::secret_text::SecretText;
use super::server::is_loopback;

/// An HTTP service that takes messages to phones. Without `url` none can be sent.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gateway {
    /// The address that takes a message. An answer of 2xx means that it did.
    #[schemars(with = "Option<String>")]
    pub url: Option<Url>,
    /// The method of the request.
    pub method: Method,
    /// How this program shows who it is: `basic` with `user` and `password`, `bearer` with `token`, or `none`.
    pub auth: Authentication,
    /// The user name for `basic`.
    pub user: Option<String>,
    /// The password for `basic`.
    pub password: Option<SecretText>,
    /// A file that holds `password`.
    pub password_file: Option<PathBuf>,
    /// The token for `bearer`.
    pub token: Option<SecretText>,
    /// A file that holds `token`.
    pub token_file: Option<PathBuf>,
    /// Headers to send along, by name.
    pub headers: BTreeMap<String, SecretText>,
    /// Query parameters to send along, by name.
    pub query: BTreeMap<String, SecretText>,
    /// What kind of text `body` is. Values are put in where they belong, so quotes and `&` in a message do no harm.
    pub body_format: BodyFormat,
    /// The body: for `json` a JSON document, for `form` pairs such as `to=#receiver#&text=#template#`. Without it, the two placeholders as `to` and `text`. Not sent with GET.
    pub body: Option<SecretText>,
    /// How long the service may take to answer, in seconds.
    pub timeout_seconds: u64,
}

impl Default for Gateway {
    fn default() -> Gateway {
        Gateway {
            url: None,
            method: Method::default(),
            auth: Authentication::default(),
            user: None,
            password: None,
            password_file: None,
            token: None,
            token_file: None,
            headers: BTreeMap::new(),
            query: BTreeMap::new(),
            body_format: BodyFormat::default(),
            body: None,
            timeout_seconds: 10,
        }
    }
}

/// The methods that such services use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "HTTP defines them")]
pub enum Method {
    Get,
    #[default]
    Post,
    Put,
}

/// How this program shows the service who it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "HTTP defines them")]
pub enum Authentication {
    #[default]
    None,
    Basic,
    Bearer,
}

/// What kind of text the body is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the usual ones and say it all")]
pub enum BodyFormat {
    #[default]
    Json,
    Form,
}

const LONGEST_TIMEOUT: u64 = 60;

impl Gateway {
    /// The body as it is set, or the usual one for its format.
    pub fn body(&self) -> &str {
        match (&self.body, self.body_format) {
            (Some(body), _) => body.expose(),
            (None, BodyFormat::Json) => r##"{"to":"#receiver#","text":"#template#"}"##,
            (None, BodyFormat::Form) => "to=#receiver#&text=#template#",
        }
    }

    /// What is wrong with it, as the section `[sms]` or `[voice]`.
    pub(super) fn unsound(&self, section: &str) -> Vec<Finding> {
        let place = |key: &str| format!("[{section}] {key}");
        let Some(url) = &self.url else { return Vec::new() };
        let mut found = Vec::new();
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
            found.push(Finding::new(
                place("url"),
                "is not https, and messages carry codes that log people in",
                "Use the https address of the service; plain http is for this machine only.",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            found.push(Finding::new(
                place("url"),
                "holds a user or a password, which would be shown wherever the address is",
                "Take them out and use auth = \"basic\" with user and password_file.",
            ));
        }
        if url.fragment().is_some() {
            found.push(Finding::new(
                place("url"),
                "has a part after #, which no server ever sees",
                "Placeholders such as #receiver# go into query, headers or body.",
            ));
        }
        found.extend(self.unsound_credentials(&place("auth")));
        found.extend(self.unsound_templates(&place("body")));
        if self.timeout_seconds == 0 || self.timeout_seconds > LONGEST_TIMEOUT {
            found.push(Finding::new(
                place("timeout_seconds"),
                format!("{} is not between 1 and {LONGEST_TIMEOUT}", self.timeout_seconds),
                "10 suits most services.",
            ));
        }
        found
    }

    fn unsound_credentials(&self, place: &str) -> Option<Finding> {
        match self.auth {
            Authentication::Basic if self.user.is_none() || self.password.is_none() => Some(Finding::new(
                place,
                "is basic, but user or password is missing",
                "Set user, and password or password_file.",
            )),
            Authentication::Bearer if self.token.is_none() => {
                Some(Finding::new(place, "is bearer, but token is missing", "Set token or token_file."))
            }
            _ => None,
        }
    }

    fn unsound_templates(&self, place: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        let has_body = self.method != Method::Get;
        let body = self.body();
        if has_body && self.body_format == BodyFormat::Json && serde_json::from_str::<serde_json::Value>(body).is_err()
        {
            found.push(Finding::new(
                place,
                "is no JSON document",
                "Write it as JSON with the placeholders inside quotes, as in {\"to\":\"#receiver#\",\"text\":\"#template#\"}.",
            ));
        }
        let elsewhere = self.query.values().chain(self.headers.values()).map(SecretText::expose);
        let sent: Vec<&str> = elsewhere.chain(has_body.then_some(body)).collect();
        for placeholder in ["#receiver#", "#template#"] {
            if !sent.iter().any(|text| text.contains(placeholder)) {
                found.push(Finding::new(
                    place,
                    format!("{placeholder} stands nowhere in what is sent, so no message could arrive"),
                    "Put #receiver# and #template# into body, query or headers, where the service wants them.",
                ));
            }
        }
        found
    }
}
