//! The outside world, behind a trait each: the clock, random numbers, who carries messages,
//! who knows stolen passwords, and where people move here from.

use doorward_model::secret::Secret;
use doorward_model::settings::LoginMigration;
use doorward_model::time::Timestamp;
use serde_json::{Map, Value};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What time it is.
pub trait Clock: Send + Sync {
    /// The moment of this call.
    fn now(&self) -> Timestamp;
}

/// Random bytes fit for keys and tokens.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// How a message reaches its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Email.
    Email,
    /// A text message.
    Sms,
    /// A call that speaks the text.
    Voice,
}

impl Channel {
    /// The channel as the mailbox and the outbox name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Voice => "voice",
        }
    }
}

/// A message to one person, ready to be handed over.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Message {
    /// Its id: the same at every try, so that a provider can tell a repetition.
    pub id: String,
    /// How it goes.
    pub channel: Channel,
    /// The address or E.164 number.
    pub to: String,
    /// The name of the template it was made from.
    pub template: String,
    /// The subject of an email.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The text as HTML, for an email.
    pub html: Option<String>,
    /// The one-time code in it.
    pub code: Option<String>,
    /// The link in it.
    pub link: Option<String>,
    /// How its text is spoken, in a call.
    pub speech: Speech,
}

/// How a text is spoken.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Speech {
    /// The tag of the language that it is in, such as `de`.
    pub language: String,
    /// The voice, as the service that calls names it; empty for its usual one.
    pub voice: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({} {} {})", self.id, self.channel.as_str(), self.template)
    }
}

/// Why a message was not taken; the text is for the operator's log and names neither receiver nor content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// It never will be.
    Refused(String),
    /// It may be, later.
    Unreachable(String),
    /// It may be, but not before so much time has passed: the other side said so.
    NotBefore(String, Duration),
}

/// An answer that is on its way.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Somebody who carries messages: an SMTP relay, a provider of text messages or calls, the demo's mailbox.
pub trait Carrier: Send + Sync {
    /// Hands one message over; `Ok` means that the other side has taken charge of it.
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), Undelivered>>;
}

/// A list of passwords that were stolen elsewhere.
pub trait BreachList: Send + Sync {
    /// True when the password with this SHA-1 is on it; an error when nobody can tell now, in words for the log.
    fn holds<'a>(&'a self, sha1: &'a [u8; 20]) -> BoxFuture<'a, anyhow::Result<bool>>;
}

/// What somebody types to sign in, on its way to another service.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `email`, `phone` or `username`.
    pub kind: &'static str,
    /// The identifier.
    pub identifier: String,
    /// The password.
    pub password: Secret,
}

/// The service that people move here from.
pub trait FormerHome: Send + Sync {
    /// The profile of the person who gets in there with these credentials and nothing more; `None` when nobody does. An
    /// error when it cannot be asked, in words for the log.
    fn login<'a>(
        &'a self,
        home: &'a LoginMigration,
        credentials: &'a Credentials,
    ) -> BoxFuture<'a, anyhow::Result<Option<Map<String, Value>>>>;
}

/// All of the outside world that flows reach.
#[derive(Clone)]
pub struct Outside {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub random: Arc<dyn Random>,
    /// Who carries email, if anybody does.
    pub mail: Option<Arc<dyn Carrier>>,
    /// Who carries text messages, if anybody does.
    pub sms: Option<Arc<dyn Carrier>>,
    /// Who calls phones and speaks, if anybody does.
    pub voice: Option<Arc<dyn Carrier>>,
    /// The lists of stolen passwords beside the shipped one.
    pub breach_lists: Vec<Arc<dyn BreachList>>,
    /// The way to the services that people move here from, if there is any.
    pub former_home: Option<Arc<dyn FormerHome>>,
}
