//! The vendor's service, as a person who signs in there sees it.

use std::time::Duration;

use anyhow::{Context, ensure};
use doorward_flows::app::outside::{BoxFuture, Credentials, FormerHome};
use doorward_model::settings::LoginMigration;
use reqwest::{Client, StatusCode};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

use super::http;
use crate::config::server::is_loopback;

#[cfg(test)]
mod tests;

/// How long a login there may take, the wait for its turn included.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A profile with everything in it is some hundred kilobytes.
const LONGEST_ANSWER: usize = 1024 * 1024;
/// So many logins may be under way there at once.
const AT_ONCE: usize = 16;

/// The way to the services of all tenants' former homes.
pub(crate) struct VendorLogin {
    client: Client,
    /// For a service on this machine, which no proxy leads to.
    near: Client,
    turns: Semaphore,
}

impl VendorLogin {
    /// Nothing is connected yet.
    pub(crate) fn new() -> anyhow::Result<VendorLogin> {
        let far = Url::parse("https://vendor.invalid").context("an address that is written here")?;
        let near = Url::parse("http://localhost").context("an address that is written here")?;
        Ok(VendorLogin {
            client: http::client(&far, TIMEOUT)?,
            near: http::client(&near, TIMEOUT)?,
            turns: Semaphore::new(AT_ONCE),
        })
    }

    async fn ask(
        &self,
        home: &LoginMigration,
        credentials: &Credentials,
    ) -> anyhow::Result<Option<Map<String, Value>>> {
        let url = home.address().context("it has no address")?;
        let client = if is_loopback(&url) { &self.near } else { &self.client };
        let address = format!("{}/identity/v2/auth/login", url.as_str().trim_end_matches('/'));
        let body = json!({ credentials.kind: credentials.identifier, "password": credentials.password.expose() });
        let _turn = self.turns.acquire().await?;
        let answer = client.post(address).query(&[("apikey", &home.api_key)]).json(&body).send().await;
        let answer = answer.map_err(|error| anyhow::Error::msg(http::explain(&error)))?;
        let status = answer.status();
        if is_wrong(status) {
            return Ok(None);
        }
        ensure!(status == StatusCode::OK, "it answered {}", status.as_u16());
        let body = http::body(answer, LONGEST_ANSWER).await?;
        let answer: Value = serde_json::from_slice(&body).ok().context("the answer is no JSON")?;
        Ok(profile(answer))
    }
}

/// Refusals of one person's login. Others mean that nobody can get in, which somebody should hear of.
fn is_wrong(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

/// The profile of a finished login. One that waits for a second factor is not finished, and we could not ask for it.
fn profile(mut answer: Value) -> Option<Map<String, Value>> {
    let waits = answer.get("SecondFactorAuthentication").is_some_and(|factor| !factor.is_null());
    let token = answer.get("access_token").and_then(Value::as_str).unwrap_or_default();
    let is_signed_in = token.chars().any(|c| c != '0' && c != '-');
    match answer.get_mut("Profile").map(Value::take) {
        Some(Value::Object(profile)) if !waits && is_signed_in => Some(profile),
        _ => None,
    }
}

impl FormerHome for VendorLogin {
    fn login<'a>(
        &'a self,
        home: &'a LoginMigration,
        credentials: &'a Credentials,
    ) -> BoxFuture<'a, anyhow::Result<Option<Map<String, Value>>>> {
        Box::pin(
            async move { timeout(TIMEOUT, self.ask(home, credentials)).await.context("it did not answer in time")? },
        )
    }
}
