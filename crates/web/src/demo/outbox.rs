//! `/dev/outbox`: caught messages as JSON, for tests that need the code in one.

use crate::frame::page::sentence;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use doorward_flows::App;
use doorward_flows::app::outside::Channel;
use doorward_model::identifier::Phone;
use doorward_store::mailbox::{self, Caught};
use serde::{Deserialize, Serialize};

/// The most messages that are shown.
const SHOWN: i64 = 100;

/// Which messages are wanted.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The receiver as somebody typed it.
    #[serde(default)]
    pub(super) to: String,
    /// The name of a channel.
    #[serde(default)]
    pub(super) channel: String,
}

/// A message in the JSON list.
#[derive(Serialize)]
struct Listed {
    id: String,
    at: String,
    to: String,
    channel: String,
    template: String,
    subject: Option<String>,
    body: String,
    code: Option<String>,
    link: Option<String>,
}

pub(super) async fn list(State(app): State<App>, wanted: Result<Query<Wanted>, QueryRejection>) -> Response {
    match find(&app, wanted).await {
        Ok((_, caught)) => Json(caught.into_iter().map(Listed::of).collect::<Vec<_>>()).into_response(),
        Err(refused) => refused,
    }
}

/// The newest messages that are wanted, newest first, or the answer that says why not.
pub(super) async fn find(
    app: &App,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<(Wanted, Vec<Caught>), Response> {
    let Ok(Query(wanted)) = wanted else {
        return Err(sentence(
            StatusCode::BAD_REQUEST,
            "The query could not be read: send `to` and `channel`, each once.",
        ));
    };
    let channel = match wanted.channel.as_str() {
        "" => None,
        name if [Channel::Email, Channel::Sms, Channel::Voice].iter().any(|channel| channel.as_str() == name) => {
            Some(name.to_owned())
        }
        _ => return Err(sentence(StatusCode::BAD_REQUEST, "There is no such channel: use sms, voice or email.")),
    };
    let receiver = receiver(&wanted.to);
    let caught = app.store.read(move |tx| mailbox::list(tx, receiver.as_deref(), channel.as_deref(), SHOWN)).await;
    caught.map(|caught| (wanted, caught)).map_err(|error| {
        tracing::error!(%error, "the mailbox could not be read");
        sentence(StatusCode::SERVICE_UNAVAILABLE, "The mailbox could not be read; try again, or see the log.")
    })
}

/// Whose messages are wanted: a number with or without separators, or an address; nobody named is everybody.
fn receiver(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.contains('@') {
        // A `+` written raw in a query arrives as a space.
        return Some(typed.replace(' ', "+"));
    }
    let number = || Phone::parse(typed).map_or_else(|_| typed.to_owned(), |phone| phone.as_str().to_owned());
    (!typed.is_empty()).then(number)
}

impl Listed {
    fn of(caught: Caught) -> Listed {
        Listed {
            id: caught.id,
            at: caught.at.to_wire(),
            to: caught.receiver,
            channel: caught.channel,
            template: caught.template,
            subject: caught.subject,
            body: caught.body,
            code: caught.code,
            link: caught.link,
        }
    }
}
