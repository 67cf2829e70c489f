//! Text messages and calls through any service that takes them over HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use doorward_flows::app::outside::{BoxFuture, Carrier, Clock, Message, Undelivered};
use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{SystemClock, http};
use crate::config::{Authentication, BodyFormat, Gateway, Method, SecretText};

#[cfg(test)]
mod tests;

/// The HTTP service of `[sms]` or `[voice]`.
pub(crate) struct HttpGateway {
    section: &'static str,
    client: Client,
    url: Url,
    settings: Gateway,
    body: Body,
}

/// The body with its placeholders, taken apart so that what is put in can never change its shape.
enum Body {
    Absent,
    Json(Value),
    Form(Vec<(String, String)>),
}

impl HttpGateway {
    /// A carrier for the service at `url`, which a section describes; nothing is connected yet.
    pub(crate) fn new(section: &'static str, url: &Url, settings: &Gateway) -> anyhow::Result<HttpGateway> {
        let timeout = Duration::from_secs(settings.timeout_seconds);
        let body = match (settings.method, settings.body_format) {
            (Method::Get, _) => Body::Absent,
            (_, BodyFormat::Json) => Body::Json(serde_json::from_str(settings.body()).context("reading body")?),
            (_, BodyFormat::Form) => {
                Body::Form(form_urlencoded::parse(settings.body().as_bytes()).into_owned().collect())
            }
        };
        Ok(HttpGateway {
            section,
            client: http::client(url, timeout)?,
            url: url.clone(),
            settings: settings.clone(),
            body,
        })
    }

    fn request(&self, message: &Message) -> Result<RequestBuilder, Undelivered> {
        let method = match self.settings.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let mut request = self.client.request(method, self.url.clone());
        if !self.settings.query.is_empty() {
            request = request.query(&filled(&self.settings.query, message));
        }
        for (name, value) in filled(&self.settings.headers, message) {
            let header = HeaderName::try_from(&name).ok().zip(HeaderValue::try_from(&value).ok());
            let unusable =
                || Undelivered::Refused(format!("[{}] headers: {name} cannot be sent as a header", self.section));
            let (name, value) = header.ok_or_else(unusable)?;
            request = request.header(name, value);
        }
        let password = self.settings.password.as_ref().map(SecretText::expose);
        request = match self.settings.auth {
            Authentication::None => request,
            Authentication::Basic => request.basic_auth(self.settings.user.as_deref().unwrap_or_default(), password),
            Authentication::Bearer => {
                request.bearer_auth(self.settings.token.as_ref().map(SecretText::expose).unwrap_or_default())
            }
        };
        Ok(match &self.body {
            Body::Absent => request,
            Body::Json(template) => request.json(&fill_json(template, message)),
            Body::Form(pairs) => {
                let filled = pairs.iter().map(|(name, value)| (name, fill(value, message)));
                request.form(&filled.collect::<Vec<_>>())
            }
        })
    }
}

impl Carrier for HttpGateway {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            match self.request(message)?.send().await {
                Ok(response) => verdict(self.section, response.status(), retry_after(response.headers())),
                Err(error) => Err(explain(self.section, &error)),
            }
        })
    }
}

fn verdict(section: &str, status: StatusCode, wait: Option<Duration>) -> Result<(), Undelivered> {
    let told = format!("the service of [{section}] answered {}", status.as_u16());
    let later =
        matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) || status.is_server_error();
    match status {
        status if status.is_success() => Ok(()),
        _ if later => Err(match wait {
            Some(wait) => Undelivered::NotBefore(told, wait),
            None => Undelivered::Unreachable(told),
        }),
        _ => Err(Undelivered::Refused(told)),
    }
}

/// How long the service wants to be left alone: so many seconds, or until a date by its own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let own = || Some(SystemClock.now().0.div_euclid(1000));
    let now = headers.get(DATE).and_then(|date| http::date(date.to_str().ok()?)).or_else(own)?;
    u64::try_from(http::date(text)? - now).ok().map(Duration::from_secs)
}

/// What went wrong, in our words: those of the HTTP client hold the address with its query, where the number may be.
fn explain(section: &str, error: &reqwest::Error) -> Undelivered {
    if error.is_builder() {
        return Undelivered::Refused(format!(
            "the message cannot be written as the request that [{section}] describes"
        ));
    }
    let what = if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke the connection off"
    };
    Undelivered::Unreachable(format!("the service of [{section}] {what}"))
}

fn filled(templates: &BTreeMap<String, SecretText>, message: &Message) -> Vec<(String, String)> {
    templates.iter().map(|(name, template)| (name.clone(), fill(template.expose(), message))).collect()
}

fn fill_json(template: &Value, message: &Message) -> Value {
    match template {
        Value::String(text) => Value::String(fill(text, message)),
        Value::Array(items) => items.iter().map(|item| fill_json(item, message)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), fill_json(value, message))).collect(),
        other => other.clone(),
    }
}

/// Puts the message in, in one pass: a placeholder inside the message stays the text it is.
fn fill(template: &str, message: &Message) -> String {
    let placeholders = [
        ("#receiver#", &message.to),
        ("#template#", &message.text),
        ("#id#", &message.id),
        ("#language#", &message.speech.language),
        ("#voice#", &message.speech.voice),
    ];
    let mut filled = String::with_capacity(template.len() + message.text.len());
    let mut rest = template;
    while let Some(at) = rest.find('#') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((placeholder, value)) = placeholders.iter().find(|(placeholder, _)| rest.starts_with(placeholder)) {
            filled.push_str(value);
            rest = &rest[placeholder.len()..];
        } else {
            filled.push('#');
            rest = &rest[1..];
        }
    }
    filled + rest
}
