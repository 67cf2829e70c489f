//! Mail over SMTP.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use doorward_flows::app::outside::{BoxFuture, Carrier, Message, Undelivered};
use lettre::address::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Mail as MailFrom, Rcpt};
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
    /// A carrier for the server `host`, from a machine that is known as `public_host`; nothing is connected yet.
    pub(crate) fn new(host: &str, settings: &Mail, public_host: Option<&str>) -> anyhow::Result<Smtp> {
        let from = settings.sender().map_err(|problem| anyhow!("[mail] from {problem}"))?;
        let credentials = settings.user.clone().zip(settings.password.as_ref());
        Ok(Smtp {
            host: host.to_owned(),
            port: settings.port(),
            security: settings.tls,
            tls: TlsParameters::new_rustls(host.to_owned()).context("reading the machine's root certificates")?,
            credentials: credentials.map(|(user, password)| Credentials::new(user, password.expose().to_owned())),
            from,
            hello: settings.greeting(public_host),
            timeout: TIMEOUT,
            idle: Mutex::default(),
        })
    }

    /// Goes as far as a message to the sender itself would, up to its receiver, and leaves: nothing is sent. What the server
    /// answered in the end.
    pub(crate) async fn rehearse(&self) -> Result<String, Stopped> {
        let rehearsing = tokio::time::timeout(self.timeout, self.converse());
        rehearsing.await.unwrap_or_else(|_| Err(Stopped::silent()))
    }

    async fn converse(&self) -> Result<String, Stopped> {
        let from = &self.from.email;
        let mut connection = self.connect().await.map_err(|error| Stopped::at(Step::LogIn, &error))?;
        let sender = connection.command(MailFrom::new(Some(from.clone()), Vec::new())).await;
        sender.map_err(|error| Stopped::at(Step::Sender, &error))?;
        let receiver = connection.command(Rcpt::new(from.clone(), Vec::new())).await;
        let answer = receiver.map_err(|error| Stopped::at(Step::Receiver, &error))?;
        // It has said what was asked; how it takes the farewell is of no interest.
        let _ = connection.quit().await;
        Ok(format!("{} {}", answer.code(), answer.first_line().unwrap_or_default()).trim_end().to_owned())
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

/// How far the conversation with a server came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Connecting, TLS and the login.
    LogIn,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Receiver,
}

/// Where and why a server would not go on. Its words are for whoever rehearses with their own address, not for a log.
#[derive(Debug, Clone)]
pub(crate) struct Stopped {
    /// Where.
    pub(crate) step: Step,
    /// Its answer, or what happened instead.
    pub(crate) told: String,
    /// The code of its answer, if it gave one.
    pub(crate) code: Option<u16>,
}

impl Stopped {
    fn at(step: Step, error: &Error) -> Stopped {
        let words = std::error::Error::source(error).map(|words| format!(": {words}")).unwrap_or_default();
        let code = error.status().map(u16::from);
        let told = if code.is_some() { explain(error) + &words } else { explain(error) };
        Stopped { step, told, code }
    }

    fn silent() -> Stopped {
        Stopped { step: Step::LogIn, told: "the SMTP server did not answer in time".to_owned(), code: None }
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
        // So that no machine answers: an absence notice would go to nobody, or around in circles (RFC 3834).
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
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
