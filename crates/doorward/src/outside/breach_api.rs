//! Stolen passwords, asked of a service that knows them: it is told the first five digits of the SHA-1 and answers with
//! the rest of all it has under them, so that it never learns which one was meant.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use data_encoding::HEXUPPER;
use doorward_flows::app::outside::{BoxFuture, BreachList};
use reqwest::Client;
use url::Url;

use super::http;

#[cfg(test)]
mod tests;

const TIMEOUT: Duration = Duration::from_secs(3);
/// How long a service that gave no answer is left alone, so that not every login waits for it.
const REST: Duration = Duration::from_secs(30);
/// A padded answer has about two thousand lines of some forty bytes.
const LONGEST_ANSWER: usize = 512 * 1024;
/// Digits of the SHA-1 that the service is told.
const PREFIX: usize = 5;

/// The service of `[passwords] breach_api`.
pub(crate) struct BreachApi {
    client: Client,
    url: Url,
    failed_at: Mutex<Option<Instant>>,
}

impl BreachApi {
    /// For the service at `url`; nothing is connected yet.
    pub(crate) fn new(url: &Url) -> anyhow::Result<BreachApi> {
        Ok(BreachApi { client: http::client(url, TIMEOUT)?, url: url.clone(), failed_at: Mutex::default() })
    }

    async fn ask_unless_resting(&self, sha1: &[u8; 20]) -> anyhow::Result<bool> {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(failed_at.is_none_or(|at| at.elapsed() >= REST), "it gave no answer a moment ago");
        let answer = self.ask(sha1).await;
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) = answer.is_err().then(Instant::now);
        answer
    }

    async fn ask(&self, sha1: &[u8; 20]) -> anyhow::Result<bool> {
        let digits = HEXUPPER.encode(sha1);
        let (prefix, rest) = digits.split_at(PREFIX);
        let address = format!("{}/{prefix}", self.url.as_str().trim_end_matches('/'));
        // Padding makes all answers about as long as each other, so that their length tells nothing either.
        let answer = self.client.get(address).header("add-padding", "true").send().await;
        let answer = answer.map_err(|error| anyhow::Error::msg(http::explain(&error)))?;
        ensure!(answer.status().is_success(), "it answered {}", answer.status().as_u16());
        let body = http::body(answer, LONGEST_ANSWER).await?;
        let text = std::str::from_utf8(&body).context("the answer is no text")?;
        // A count of zero is padding.
        let known = text.lines().filter_map(|line| line.trim().split_once(':')).filter(|(_, count)| *count != "0");
        Ok(known.into_iter().any(|(known, _)| known.eq_ignore_ascii_case(rest)))
    }
}

impl BreachList for BreachApi {
    fn holds<'a>(&'a self, sha1: &'a [u8; 20]) -> BoxFuture<'a, anyhow::Result<bool>> {
        Box::pin(async move { self.ask_unless_resting(sha1).await.context("asking [passwords] breach_api") })
    }
}
