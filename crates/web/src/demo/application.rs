//! A small application of the demo's tenant: it sends a person to the hosted pages, and exchanges what they return with.
//! Everything here is what an application of one's own does, in two handlers.

use super::keys::DemoKeys;
use crate::frame::page::{fresh, sentence};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE64URL_NOPAD;
use doorward_flows::access::{self, Wished};
use doorward_flows::access::{Signed, Visit, Webhooks};
use doorward_flows::session::Finished;
use doorward_flows::sign_in::sign_in_code::exchange_sign_in_code;
use doorward_flows::{App, Error, Result};
use doorward_model::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::Ipv4Addr;
use std::sync::Arc;
use url::form_urlencoded::Serializer;

/// Where a finished sign-in leads.
pub(super) const BACK: &str = "/dev/application/back";

/// Remembers in the browser which sign-in it began.
const COOKIE: &str = "doorward-demo-application";

/// Sends the browser to the sign-in page, with a `state` that only this browser knows.
pub(super) async fn start(
    State(app): State<App>,
    Extension(keys): Extension<Arc<DemoKeys>>,
    headers: HeaderMap,
) -> Response {
    let mut bytes = [0; 16];
    app.outside.random.fill(&mut bytes);
    let state = BASE64URL_NOPAD.encode(&bytes);
    let back = back(&app, &headers);
    let query = Serializer::new(String::new()).append_pair("redirect_url", &back).append_pair("state", &state).finish();
    let cookie = format!("{COOKIE}={state}; Path=/dev/application; HttpOnly; SameSite=Lax");
    let cookie = HeaderValue::try_from(cookie).expect("the state is letters and digits");
    let pages = format!("/hosted/{}/sign-in?{query}", keys.tenant);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&pages)).into_response()
}

/// The address that the browser comes back to, under the name that it uses for this machine.
fn back(app: &App, headers: &HeaderMap) -> String {
    let scheme = app.public_url.split("://").next().unwrap_or("http");
    let own = app.public_url.split("://").nth(1).unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or(own);
    format!("{scheme}://{host}{BACK}")
}

/// What the hosted pages send along.
#[derive(Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// What the page shows.
#[derive(Serialize)]
struct Arrived {
    name: String,
    profile: String,
    expires_at: String,
}

/// Exchanges the code, as a back end does with its secret.
pub(super) async fn arrive(
    State(app): State<App>,
    Extension(keys): Extension<Arc<DemoKeys>>,
    Query(brought): Query<Brought>,
    headers: HeaderMap,
) -> Response {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let begun = pairs.find(|(name, _)| *name == COOKIE).map(|(_, state)| state);
    if begun.is_none_or(|state| state != brought.state) {
        return sentence(StatusCode::FORBIDDEN, "This sign-in was not begun in this browser. Start again at /.");
    }
    match exchange(&app, &keys, &Secret::new(brought.code), &back(&app, &headers)).await {
        Ok(finished) => fresh("application.html", Arrived::of(&finished)),
        Err(Error::Refused(refusal)) => {
            tracing::info!(reason = refusal.reason.name(), "the demo's application was refused");
            sentence(StatusCode::FORBIDDEN, "This code was used, or is more than a minute old. Start again at /.")
        }
        Err(Error::Failed(cause)) => {
            tracing::error!(cause = format!("{cause:#}"), "the demo's application failed");
            sentence(StatusCode::INTERNAL_SERVER_ERROR, "Something broke; the log says what.")
        }
    }
}

async fn exchange(app: &App, keys: &DemoKeys, code: &Secret, redirect_url: &str) -> Result<Finished> {
    let visit = Visit {
        ip: Ipv4Addr::LOCALHOST.into(),
        user_agent: "demo application".to_owned(),
        origin: None,
        referer: None,
        request_id: String::new(),
        webhooks: Webhooks::Fire,
        templates: Wished::read(|_| None),
    };
    let unsigned = Signed {
        digest: None,
        expires: None,
        target: String::new(),
        body: Vec::new(),
        method: String::new(),
        changes: true,
    };
    let admin = access::admin(app, visit, Some(&keys.api_key), Some(&keys.api_secret), &unsigned).await?;
    exchange_sign_in_code(app, &admin, code, redirect_url).await
}

impl Arrived {
    /// A few of the 149 members of a profile.
    fn of(finished: &Finished) -> Arrived {
        let profile: Value = serde_json::from_str(finished.profile.get()).unwrap_or_default();
        let shown =
            ["Uid", "FirstName", "LastName", "Email", "PhoneId", "PhoneIdVerified", "LastLoginDate", "NoOfLogins"];
        let shown: serde_json::Map<String, Value> =
            shown.into_iter().map(|member| (member.to_owned(), profile[member].clone())).collect();
        let names = [&profile["FirstName"], &profile["Email"][0]["Value"], &profile["PhoneId"]];
        let name = names.into_iter().filter_map(Value::as_str).find(|name| !name.is_empty());
        Arrived {
            name: name.unwrap_or("you").to_owned(),
            profile: format!("{:#}", Value::Object(shown)),
            expires_at: finished.tokens.expires_at.to_plain(),
        }
    }
}
