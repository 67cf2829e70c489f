//! What is out of this machine's hands: its public address, its clock against that of others, mail, text messages and calls.

use std::time::Duration;

use doorward_flows::app::outside::Clock;
use reqwest::header::{DATE, HeaderMap};
use reqwest::redirect::Policy;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::Url;

use super::{Examined, Verdict};
use crate::config::Settings;
use crate::outside::{Smtp, SystemClock};

const WITHIN: Duration = Duration::from_secs(5);

/// Codes of an authenticator change every thirty seconds, and registration tokens live for minutes.
const CLOCK_MAY_DIFFER_BY: u64 = 10;

pub(super) async fn examine(settings: &Settings) -> Vec<Examined> {
    let mut found = Vec::new();
    let mut dates = Vec::new();
    if let Some(url) = &settings.server.public_url {
        let verdict = public_address(url, &mut dates).await;
        found.push(Examined { what: "public address", verdict });
    }
    found.push(Examined { what: "mail", verdict: mail(settings).await });
    found.push(Examined { what: "text messages", verdict: texts(settings, &mut dates).await });
    if let Some(url) = &settings.voice.url {
        let remedy = "Check [voice] url, and that this machine may reach it.";
        found.push(Examined { what: "calls", verdict: gateway(url, remedy, &mut dates).await });
    }
    found.push(Examined { what: "clock", verdict: clock(&dates) });
    found
}

async fn public_address(url: &Url, dates: &mut Vec<u64>) -> Verdict {
    let remedy = "Start the server, and check the name, the proxy and the certificate; from inside a network its own name may not work.";
    match ask(reqwest::Method::GET, &join(url, "/health/ready"), dates).await {
        Ok(200) => Verdict::well(format!("{url} answers")),
        Ok(status) => Verdict::doubtful(format!("{url} answers {status}"), remedy),
        Err(error) => Verdict::doubtful(format!("{url}: {}", explain(error)), remedy),
    }
}

async fn mail(settings: &Settings) -> Verdict {
    let mail = &settings.mail;
    let Some(host) = &mail.host else {
        return Verdict::doubtful(
            "[mail] host is not set, so mail waits until it expires",
            "Set it where accounts have addresses.",
        );
    };
    let reached = match Smtp::new(host, mail) {
        Ok(smtp) => smtp.log_in().await,
        Err(error) => Err(format!("{error:#}")),
    };
    match reached {
        Ok(()) => Verdict::well(format!("{host} takes our mail")),
        Err(problem) => {
            Verdict::wrong(format!("{host}: {problem}"), "Check [mail]: host, port, tls, user and password.")
        }
    }
}

async fn texts(settings: &Settings, dates: &mut Vec<u64>) -> Verdict {
    match &settings.sms.url {
        Some(url) => gateway(url, "Check [sms] url, and that this machine may reach it.", dates).await,
        None => Verdict::doubtful(
            "[sms] url is not set, so text messages wait until they expire",
            "Set it where accounts have phones.",
        ),
    }
}

/// Asks the service that takes messages to phones.
async fn gateway(url: &Url, remedy: &str, dates: &mut Vec<u64>) -> Verdict {
    let host = url.host_str().unwrap_or_default();
    // Only whether somebody is there: sending would cost, and the rest of the URL may hold a secret.
    match ask(reqwest::Method::HEAD, &join(url, "/"), dates).await {
        Err(error) if error.is_connect() || error.is_timeout() => {
            Verdict::wrong(format!("{host}: {}", explain(error)), remedy)
        }
        // Whatever it thinks of the question.
        Ok(_) | Err(_) => Verdict::well(format!("{host} can be reached")),
    }
}

fn clock(dates: &[u64]) -> Verdict {
    let own = u64::try_from(SystemClock.now().0 / 1000).unwrap_or_default();
    match dates.iter().map(|date| date.abs_diff(own)).min() {
        None => Verdict::doubtful(
            "nobody was there to compare it with",
            "Check that the machine keeps its time, for example with `timedatectl`.",
        ),
        Some(apart) if apart > CLOCK_MAY_DIFFER_BY => Verdict::wrong(
            format!("it is {apart} seconds apart from the others'"),
            "Let the machine keep its time (NTP): codes and tokens live by the clock.",
        ),
        Some(_) => Verdict::well("agrees with the others'"),
    }
}

/// The status of the answer, whatever it is; adds the sender's time to `dates`.
async fn ask(method: reqwest::Method, url: &Url, dates: &mut Vec<u64>) -> reqwest::Result<u16> {
    let client = reqwest::Client::builder().timeout(WITHIN).redirect(Policy::none()).build()?;
    let answer = client.request(method, url.clone()).send().await?;
    dates.extend(date(answer.headers()));
    Ok(answer.status().as_u16())
}

fn date(headers: &HeaderMap) -> Option<u64> {
    // The zone of HTTP is an old name of UTC, which mail still knows.
    let date = OffsetDateTime::parse(headers.get(DATE)?.to_str().ok()?, &Rfc2822).ok()?;
    u64::try_from(date.unix_timestamp()).ok()
}

fn explain(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() { "no answer in time".to_owned() } else { format!("{:#}", anyhow::Error::new(error)) }
}

fn join(url: &Url, path: &str) -> Url {
    let mut bare = url.clone();
    bare.set_path(path);
    bare.set_query(None);
    bare.set_fragment(None);
    // What carries no user can have none taken away.
    let _ = (bare.set_username(""), bare.set_password(None));
    bare
}
