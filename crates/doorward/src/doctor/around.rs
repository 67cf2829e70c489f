//! What is out of this machine's hands: its public address, its clock against that of others, mail, text messages and calls.

use std::time::Duration;

use doorward_flows::app::outside::Clock;
use reqwest::header::{DATE, HeaderMap};
use reqwest::redirect::Policy;
use url::Url;

use super::{Examined, Verdict};
use crate::config::Settings;
use crate::outside::{Smtp, Step, Stopped, SystemClock, http};

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
    let smtp = match Smtp::new(host, mail, settings.server.public_host()) {
        Ok(smtp) => smtp,
        Err(error) => return Verdict::wrong(format!("{error:#}"), "Check [mail]."),
    };
    let from = mail.from.as_deref().unwrap_or_default();
    match smtp.rehearse().await {
        Ok(answer) => Verdict::well(format!("{host} takes mail from {from}: {answer}")),
        Err(stopped) => unwilling(host, from, &stopped),
    }
}

/// What a server that stopped the rehearsal wants. A message to the sender itself is a strict question: nobody has to have
/// that address.
fn unwilling(host: &str, from: &str, stopped: &Stopped) -> Verdict {
    let Stopped { step, told, code } = stopped;
    match (step, code) {
        (Step::LogIn, Some(530 | 534 | 535)) => {
            Verdict::wrong(format!("{host}: {told}"), "Check [mail] user and password.")
        }
        (Step::LogIn, _) => Verdict::wrong(
            format!("{host}: {told}"),
            "Check [mail] host, port and tls, and that this machine may reach it.",
        ),
        (Step::Sender, _) => Verdict::wrong(
            format!("{host} takes no mail from {from}: {told}"),
            "Set [mail] from to an address that it lets you send as, or [mail] user to somebody who may send as this one.",
        ),
        (Step::Receiver, Some(550 | 551)) => Verdict::doubtful(
            format!("{host} takes no mail to {from}: {told}"),
            "That is no harm if nobody has this address; else it may want a login ([mail] user), or mind the name that it is greeted with ([mail] hello).",
        ),
        (Step::Receiver, Some(400..=499)) => {
            Verdict::doubtful(format!("{host} takes no mail to {from} now: {told}"), "Ask again in some minutes.")
        }
        (Step::Receiver, _) => Verdict::wrong(
            format!("{host} takes no mail to {from}: {told}"),
            "Read what it says: it may want a login ([mail] user), or mind the name that it is greeted with ([mail] hello).",
        ),
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
    u64::try_from(http::date(headers.get(DATE)?.to_str().ok()?)?).ok()
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
