//! `/dev/mailbox`: caught messages for a person.

use super::outbox::{self, Wanted};
use crate::frame::page::fresh;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use doorward_flows::App;
use doorward_store::mailbox::Caught;
use serde::Serialize;

/// What was asked for and what was found.
#[derive(Serialize)]
struct Found {
    to: String,
    channel: String,
    messages: Vec<Shown>,
}

/// A message as the page shows it.
#[derive(Serialize)]
struct Shown {
    id: String,
    at: String,
    at_plain: String,
    to: String,
    channel: String,
    template: String,
    subject: Option<String>,
    body: String,
    code: Option<String>,
    link: Option<String>,
    /// Whether the link is one that a browser should follow.
    can_open: bool,
}

type Asked = Result<Query<Wanted>, QueryRejection>;

/// The page.
pub(super) async fn page(state: State<App>, asked: Asked) -> Response {
    show("mailbox.html", state, asked).await
}

/// Only its list, which the page's script asks for again and again.
pub(super) async fn messages(state: State<App>, asked: Asked) -> Response {
    show("messages.html", state, asked).await
}

async fn show(template: &str, State(app): State<App>, asked: Asked) -> Response {
    match outbox::find(&app, asked).await {
        Ok((wanted, caught)) => {
            let messages = caught.into_iter().map(Shown::of).collect();
            fresh(template, Found { to: wanted.to.trim().to_owned(), channel: wanted.channel, messages })
        }
        Err(refused) => refused,
    }
}

impl Shown {
    fn of(caught: Caught) -> Shown {
        let can_open = |link: &String| link.starts_with("https://") || link.starts_with("http://");
        Shown {
            id: caught.id,
            at: caught.at.to_wire(),
            at_plain: caught.at.to_plain(),
            to: caught.receiver,
            channel: caught.channel,
            template: caught.template,
            subject: caught.subject,
            body: caught.body,
            code: caught.code,
            can_open: caught.link.as_ref().is_some_and(can_open),
            link: caught.link,
        }
    }
}
