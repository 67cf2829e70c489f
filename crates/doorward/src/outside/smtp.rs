//! Mail over SMTP.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use doorward_flows::app::outside::{BoxFuture, Carrier, Message, Undelivered};
use lettre::address::Address;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::config::{Mail, Security};

#[cfg(test)]
mod tests;

/// An SMTP server that takes our mail, with a few open connections to it.
///
/// lettre has a pool of its own, but takes a connection back into it when a send is given up half-way, so that the
/// next message would read the answers of the last. Here a connection belongs to the attempt that uses it, and
/// returns only after a message that was accepted.
pub(crate) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    from: Mailbox,
    hello: ClientId,
    timeout: Duration,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

const TIMEOUT: Duration = Duration::from_secs(10);
const MOST_IDLE: usize = 4;

impl Smtp {
    /// A carrier for the server `host`; nothing is connected yet.
    pub(crate) fn new(host: &str, settings: &Mail) -> anyhow::Result<Smtp> {
        let from = settings.from.as_deref().unwrap_or_default();
        let credentials = settings.user.clone().zip(settings.password.as_ref());
        Ok(Smtp {
            host: host.to_owned(),
            port: settings.port(),
            security: settings.tls,
            tls: TlsParameters::new_rustls(host.to_owned()).context("reading the machine's root certificates")?,
            credentials: credentials.map(|(user, password)| Credentials::new(user, password.expose().to_owned())),
            from: from.parse().context("reading the sender's address")?,
            hello: ClientId::default(),
            timeout: TIMEOUT,
            idle: Mutex::default(),
        })
    }

    /// Connects and logs in as for a message, and leaves.
    pub(crate) async fn log_in(&self) -> Result<(), String> {
        let connecting = tokio::time::timeout(self.timeout, self.connect());
        let connection = connecting.await.map_err(|_| "the SMTP server did not answer in time".to_owned())?;
        // It has let us in; how it takes the farewell is of no interest.
        let _ = connection.map_err(|error| explain(&error))?.quit().await;
        Ok(())
    }

    async fn hand_over(&self, mail: &lettre::Message) -> Result<(), Undelivered> {
        let mut connection = match self.idle_connection().await {
            Some(connection) => connection,
            None => self.connect().await.map_err(|error| Undelivered::Unreachable(explain(&error)))?,
        };
        connection.send(mail.envelope(), &mail.formatted()).await.map_err(|error| {
            let final_answer = error.is_permanent() || error.is_client();
            let why = explain(&error);
            if final_answer { Undelivered::Refused(why) } else { Undelivered::Unreachable(why) }
        })?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
        Ok(())
    }

    /// An open connection that still answers; those that do not are closed.
    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let tls = || self.tls.clone();
        let at_once = (self.security == Security::Tls).then(tls);
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, at_once, None).await?;
        if self.security == Security::Starttls {
            connection.starttls(tls(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }
}

impl Carrier for Smtp {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let mail = compose(&self.from, message)?;
            // lettre's own time limit ends with connecting, so a server that falls silent later needs this one.
            tokio::time::timeout(self.timeout, self.hand_over(&mail)).await.unwrap_or_else(|_| {
                let limit = self.timeout.as_secs_f32();
                Err(Undelivered::Unreachable(format!("the SMTP server took longer than {limit} s")))
            })
        })
    }
}

fn compose(from: &Mailbox, message: &Message) -> Result<lettre::Message, Undelivered> {
    let refused = |what: &str| Undelivered::Refused(what.to_owned());
    let to: Address = message.to.parse().map_err(|_| refused("the receiver's address cannot be used in a mail"))?;
    let subject: String =
        message.subject.iter().flat_map(|subject| subject.chars().filter(|c| !c.is_control())).collect();
    let builder = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(subject)
        // The same at every try, so that a receiver can drop a repeat.
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())));
    let text = message.text.clone();
    let mail = match &message.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html.clone())),
        None => builder.singlepart(SinglePart::plain(text)),
    };
    mail.map_err(|_| refused("the message cannot be written as a mail"))
}

/// What went wrong, without the server's own words: those often repeat the receiver's address.
fn explain(error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the SMTP server answered {code}"),
        None if error.is_tls() => "the SMTP server's certificate or TLS could not be trusted".to_owned(),
        None if error.is_client() => {
            "the SMTP server lacks what this message needs (STARTTLS, a login method or UTF-8)".to_owned()
        }
        None if error.is_timeout() => "the SMTP server did not answer in time".to_owned(),
        None => "the SMTP server could not be reached, or closed the connection".to_owned(),
    }
}
