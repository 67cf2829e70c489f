//! Telling people: messages queued with what caused them, put into words when they are handed over; and the audit line.
//!
//! What belongs here: messages, notices, their words and versions, their delivery, events. What does not: whether
//! anybody is to be told.

use crate::access::Caller;
use crate::app::outside::{Channel, Message};
use crate::{App, Result};
use doorward_model::id::{JobId, TenantId, Uid};
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::{Span, Timestamp};
use doorward_store::identifiers::{self, Kind};
use doorward_store::{jobs, templates as versions};

mod choice;
pub(crate) mod delivery;
mod event;
mod fill;
mod layout;
mod letter;
mod notices;
mod person;
mod shipped;
mod templates;
mod voice;
mod writing;

pub use choice::{DEFAULT, LONGEST_NAME};
pub use delivery::run_due;
pub(crate) use event::event;
pub(crate) use fill::placeholders;
pub(crate) use letter::{Letter, PLACEHOLDERS};
pub(crate) use notices::Notices;
pub(crate) use person::Person;
pub use shipped::{Cargo, Language};
pub(crate) use shipped::{tag, texts};
pub use templates::Template;
pub use voice::Voice;
pub(crate) use voice::require_reachable;

/// How long a message without a code is worth delivering.
const NOTICE_LIFE: Span = Span::days(1);

/// What a template's placeholders stand for.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// `#OTP#`.
    pub code: Option<Secret>,
    /// `#OTPExpiry#` in seconds.
    pub seconds: i64,
    /// `#Url#`.
    pub link: Option<String>,
    /// Whom it is about, if they cannot be looked up any more when it is handed over.
    pub(crate) person: Option<Person>,
}

/// Where a message goes.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// How.
    pub channel: Channel,
    /// The address or E.164 number.
    pub to: String,
}

/// Whether a prepared message will go out. One that will not is written all the same: it costs as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It will.
    Send,
    /// The receiver is nobody's, or is not to be told.
    Withhold,
}

/// A message encrypted before the transaction that queues it; its words are chosen when it is handed over.
#[derive(Debug, Clone)]
pub(crate) struct Prepared(jobs::New);

impl Prepared {
    /// Prepares a message that lives until `expires_at`.
    pub(crate) fn compose(
        app: &App,
        caller: &Caller,
        template: Template,
        receiver: &Receiver,
        values: &Values,
        expires_at: Timestamp,
    ) -> Result<Prepared> {
        let (tenant, visit) = (&caller.tenant, &caller.visit);
        let letter = Letter {
            id: app.guid(),
            template,
            channel: receiver.channel,
            to: receiver.to.clone(),
            wished: choice::wished(&visit.templates, template, receiver.channel).map(str::to_owned),
            app: tenant.name.clone(),
            language: language(&tenant.settings, receiver.channel).to_owned(),
            voice: tenant.settings.voice.voice.clone(),
            times: tenant.settings.voice.times(),
            code: values.code.as_ref().map(|code| code.expose().to_owned()),
            link: values.link.clone(),
            seconds: values.seconds,
            ip: visit.ip.to_string(),
            user_agent: visit.user_agent.chars().take(200).collect(),
            year: year(app.now()),
            person: values.person.clone(),
        };
        Prepared::seal(app, &tenant.id, &letter, expires_at)
    }

    /// Encrypts a letter for the queue.
    pub(crate) fn seal(app: &App, tenant: &TenantId, letter: &Letter, expires_at: Timestamp) -> Result<Prepared> {
        let text = serde_json::to_string(letter).map_err(anyhow::Error::from)?;
        let sealed = app.keys.seal(&place(tenant, &letter.id), &text, app.random());
        let (id, channel) = (JobId::new(letter.id.clone()), letter.channel.as_str().to_owned());
        Ok(Prepared(jobs::New { id, channel, uid: None, sealed: Some(sealed), expires_at }))
    }

    /// Prepares a notice: nothing in it opens anything, and it may arrive a day late.
    pub(crate) fn notice(
        app: &App,
        caller: &Caller,
        template: Template,
        receiver: &Receiver,
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Prepared> {
        let values = Values { person: person.cloned(), ..Values::default() };
        Prepared::compose(app, caller, template, receiver, &values, now.plus(NOTICE_LIFE))
    }

    /// The message's id, which answers show as `Sid`.
    pub(crate) fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Queues it, or writes an empty row in its place. Without `uid` it is about whoever has the receiver's address or
    /// number.
    pub(crate) fn queue(
        &self,
        tx: &mut doorward_store::Tx,
        tenant: &TenantId,
        uid: Option<&Uid>,
        delivery: Delivery,
        now: Timestamp,
    ) -> Result<()> {
        let mut new = self.0.clone();
        new.uid = uid.cloned();
        if delivery == Delivery::Withhold {
            new.sealed = None;
        }
        Ok(jobs::add(tx, tenant, &new, now)?)
    }
}

/// The tenant's language on a channel.
fn language(settings: &Settings, channel: Channel) -> &str {
    let spoken = settings.voice.language.as_str();
    if channel == Channel::Voice && !spoken.is_empty() { spoken } else { &settings.message_language }
}

/// The year of a moment, as `#CurrentYear#` shows it.
pub(crate) fn year(now: Timestamp) -> String {
    now.to_wire().chars().take_while(|c| *c != '-').collect()
}

fn place(tenant: &TenantId, id: &str) -> String {
    format!("job:{tenant}:{id}")
}

/// Reads a queued letter back.
pub(crate) fn open(app: &App, claimed: &jobs::Claimed) -> anyhow::Result<Letter> {
    let text = app.keys.open(&place(&claimed.tenant, claimed.id.as_str()), &claimed.sealed)?;
    Ok(serde_json::from_str(&text)?)
}

/// Puts a letter into words, for whom it is about and as their tenant wants them.
pub(crate) async fn write(app: &App, claimed: &jobs::Claimed, letter: Letter) -> Result<Message> {
    let (tenant, uid) = (claimed.tenant.clone(), claimed.uid.clone());
    app.read(move |tx| {
        let own = versions::of_kind(tx, &tenant, letter.template.name(), letter.channel.as_str())?;
        let person = match (&letter.person, &uid) {
            (Some(person), _) => person.clone(),
            (None, Some(uid)) => Person::load(tx, &tenant, uid)?,
            (None, None) => match owner(tx, &tenant, &letter)? {
                Some(uid) => Person::load(tx, &tenant, &uid)?,
                None => Person::default(),
            },
        };
        Ok(letter.write(&person, &own))
    })
    .await
}

/// Whose the receiver's address or number is.
fn owner(tx: &mut doorward_store::Tx, tenant: &TenantId, letter: &Letter) -> Result<Option<Uid>> {
    let kind = if letter.channel == Channel::Email { Kind::Email } else { Kind::Phone };
    let owner = identifiers::owner(tx, tenant, kind, &letter.to)?;
    Ok(owner.map(|owner| owner.uid))
}
