//! What every conversation with another service has in common: it ends in time, goes where it was sent, and brings home
//! no more than was asked for.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::Url;

use crate::config::server::is_loopback;

/// A client for the service at `url`.
pub(super) fn client(url: &Url, timeout: Duration) -> anyhow::Result<Client> {
    // A redirect would carry what is sent to wherever the answer says.
    let mut client = Client::builder().redirect(Policy::none()).timeout(timeout);
    if is_loopback(url) {
        client = client.no_proxy();
    }
    client.build().context("building the HTTP client")
}

/// The body of an answer; an error when it is longer than `most` bytes.
pub(super) async fn body(mut response: Response, most: usize) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| anyhow::Error::msg(explain(&error)))? {
        ensure!(body.len() + chunk.len() <= most, "the answer is longer than {most} bytes");
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What went wrong, in our words: those of the HTTP client hold the address with its query.
pub(super) fn explain(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "it cannot be reached"
    } else {
        "the connection broke"
    }
}

/// A date of HTTP in seconds since 1970. Its zone is an old name of UTC, which mail still knows.
pub(crate) fn date(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc2822).ok().map(OffsetDateTime::unix_timestamp)
}
