//! A tenant's own versions of messages: kept, looked at and tried out by the administrator of the installation.

use crate::app::followed;
use crate::app::outside::{Channel, Message};
use crate::notify::{
    self, Cargo, DEFAULT, Delivery, LONGEST_NAME, Language, Letter, PLACEHOLDERS, Person, Prepared, Template,
    placeholders,
};
use crate::{App, Result};
use anyhow::{Context, anyhow};
use doorward_model::id::{JobId, TenantId};
use doorward_model::identifier::{Email, Phone};
use doorward_model::settings::Settings;
use doorward_model::time::Span;
use doorward_store::templates::{self, Stored};
use doorward_store::{Tx, jobs, tenants};

/// The longest subject, text message and text in characters, and the longest HTML in bytes.
const LONGEST_SUBJECT: usize = 200;
const LONGEST_SMS: usize = 1_000;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_HTML: usize = 200_000;
/// How many versions a tenant may have.
const MOST: usize = 1_000;
/// How long a trial message is worth delivering.
const TRIAL_LIFE: Span = Span::minutes(10);

/// One version of a message.
#[derive(Debug, Clone)]
pub struct Which {
    /// The kind of message.
    pub template: Template,
    /// How it goes.
    pub channel: Channel,
    /// The name; `default` for the one that needs no choosing.
    pub name: String,
    /// The tag of the language; without one the tenant's.
    pub language: Option<String>,
}

/// What a version says.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// The subject of an email; without one the shipped subject stands.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The text as HTML; without one it is laid out from the text.
    pub html: Option<String>,
}

/// A version as it is now.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The language it is in.
    pub language: String,
    /// Whether it is the tenant's own.
    pub is_own: bool,
    /// What it says. Of a shipped text all forms, one after another.
    pub content: Content,
}

/// All versions of a tenant's own.
pub async fn list(app: &App, tenant: &str) -> Result<Vec<Stored>> {
    let name = tenant.to_owned();
    app.read(move |tx| {
        let tenant = found(tx, &name)?;
        Ok(templates::list(tx, &tenant.id)?)
    })
    .await
}

/// A version: the tenant's own, else the shipped one; fails when there is neither.
pub async fn show(app: &App, tenant: &str, which: &Which) -> Result<Shown> {
    let (name, which) = (tenant.to_owned(), which.clone());
    app.read(move |tx| {
        let tenant = found(tx, &name)?;
        let language = tenant.language(&which)?;
        if let Some(own) = own(tx, &tenant.id, &which, &language)? {
            let content = Content { subject: own.subject, text: own.text, html: own.html };
            return Ok(Shown { language, is_own: true, content });
        }
        let shipped = Language::of(&language).filter(|_| which.name == DEFAULT);
        let shipped = shipped.ok_or_else(|| missing(&which, &language))?;
        let texts = notify::texts(shipped, which.template);
        let forms = [Cargo::Code, Cargo::Link, Cargo::Nothing].into_iter();
        let forms = forms.filter(|cargo| texts.has(which.channel, *cargo));
        let text = forms.map(|cargo| texts.text(which.channel, cargo)).collect::<Vec<_>>().join("\n\n-- or --\n\n");
        if text.is_empty() {
            return Err(missing(&which, &language));
        }
        let subject = (which.channel == Channel::Email).then(|| texts.line("subject").to_owned());
        Ok(Shown { language, is_own: false, content: Content { subject, text, html: None } })
    })
    .await
}

/// Stores a version; what comes back are warnings about placeholders that only a field of the tenant's own would fill.
pub async fn set(app: &App, tenant: &str, which: &Which, content: &Content) -> Result<Vec<String>> {
    let warnings = check(which, content)?;
    let (name, which, content, now) = (tenant.to_owned(), which.clone(), content.clone(), app.now());
    app.write(move |tx| {
        let tenant = found(tx, &name)?;
        let language = tenant.language(&which)?;
        if own(tx, &tenant.id, &which, &language)?.is_none() && templates::list(tx, &tenant.id)?.len() >= MOST {
            return Err(anyhow!("{name} has {MOST} versions already; take some back with `reset`").into());
        }
        let new = Stored {
            kind: which.template.name().to_owned(),
            channel: which.channel.as_str().to_owned(),
            name: which.name.clone(),
            language,
            subject: content.subject.clone(),
            text: content.text.clone(),
            html: content.html.clone(),
            modified_at: now,
        };
        Ok(templates::set(tx, &tenant.id, &new)?)
    })
    .await?;
    Ok(warnings)
}

/// Takes versions of the tenant's own back, in one language or in all; how many there were. The shipped ones stay.
pub async fn reset(app: &App, tenant: &str, which: &Which) -> Result<u64> {
    let (name, which) = (tenant.to_owned(), which.clone());
    app.write(move |tx| {
        let tenant = found(tx, &name)?;
        let language = which.language.as_ref().map(|_| tenant.language(&which)).transpose()?;
        let (kind, channel) = (which.template.name(), which.channel.as_str());
        Ok(templates::remove(tx, &tenant.id, kind, channel, &which.name, language.as_deref())?)
    })
    .await
}

/// The message with values made up, as a person of this language would get it.
pub async fn preview(app: &App, tenant: &str, which: &Which, cargo: Cargo) -> Result<Message> {
    let (name, which, letter) = (tenant.to_owned(), which.clone(), sample(app, which, cargo));
    app.read(move |tx| {
        let tenant = found(tx, &name)?;
        let letter = tenant.address(&letter, &which)?;
        require_known(tx, &tenant, &which)?;
        let own = templates::of_kind(tx, &tenant.id, which.template.name(), which.channel.as_str())?;
        Ok(letter.write(&Person::sample(), &own))
    })
    .await
}

/// Queues the message with values made up for `to`, and hands over what is due if this process can; says how it ended:
/// `delivered`, `refused`, or `waiting` for a server that can.
pub async fn send(app: &App, tenant: &str, which: &Which, cargo: Cargo, to: &str) -> Result<String> {
    let to = receiver(which.channel, to)?;
    let letter = Letter { to, id: app.guid(), person: Some(Person::sample()), ..sample(app, which, cargo) };
    let (name, chosen) = (tenant.to_owned(), which.clone());
    let tenant = app
        .read(move |tx| {
            let tenant = found(tx, &name)?;
            require_known(tx, &tenant, &chosen)?;
            Ok(tenant)
        })
        .await?;
    let letter = tenant.address(&letter, which)?;
    let now = app.now();
    let message = Prepared::seal(app, &tenant.id, &letter, now.plus(TRIAL_LIFE))?;
    let (id, job) = (tenant.id.clone(), JobId::new(letter.id));
    app.write(move |tx| message.queue(tx, &id, None, Delivery::Send, now)).await?;
    notify::run_due(app).await?;
    let outcome = app.read(move |tx| Ok(jobs::outcome(tx, &tenant.id, &job)?)).await?;
    Ok(outcome.context("a message that was just queued")?)
}

/// A tenant as its messages need it.
struct Found {
    id: TenantId,
    name: String,
    settings: Settings,
}

impl Found {
    /// The language of a version: the one that is named, else the tenant's.
    fn language(&self, which: &Which) -> Result<String> {
        match &which.language {
            None => Ok(self.settings.message_language.clone()),
            Some(text) => {
                notify::tag(text).ok_or_else(|| anyhow!("`{text}` is no language; use a tag such as de").into())
            }
        }
    }

    fn address(&self, letter: &Letter, which: &Which) -> Result<Letter> {
        let language = self.language(which)?;
        let wished = (which.name != DEFAULT).then(|| which.name.clone());
        Ok(Letter { app: self.name.clone(), language, wished, ..letter.clone() })
    }
}

fn found(tx: &mut Tx, name: &str) -> Result<Found> {
    let listed = tenants::by_name(tx, name)?.ok_or_else(|| super::tenants::no_tenant(name))?;
    let settings = followed(name, &tenants::settings(tx, &listed.id)?)?;
    Ok(Found { id: listed.id, name: listed.name, settings })
}

fn own(tx: &mut Tx, tenant: &TenantId, which: &Which, language: &str) -> Result<Option<Stored>> {
    let all = templates::of_kind(tx, tenant, which.template.name(), which.channel.as_str())?;
    Ok(all.into_iter().find(|one| one.name == which.name && one.language == language))
}

/// A name that is not there would quietly show the default.
fn require_known(tx: &mut Tx, tenant: &Found, which: &Which) -> Result<()> {
    let all = templates::of_kind(tx, &tenant.id, which.template.name(), which.channel.as_str())?;
    if which.name == DEFAULT || all.iter().any(|one| one.name == which.name) {
        return Ok(());
    }
    Err(missing(which, &tenant.language(which)?))
}

fn missing(which: &Which, language: &str) -> crate::Error {
    let (kind, channel, name) = (which.template.name(), which.channel.as_str(), &which.name);
    anyhow!(
        "there is no {channel} version of {kind} named `{name}` in `{language}`; `doorward template list` has them all"
    )
    .into()
}

fn sample(app: &App, which: &Which, cargo: Cargo) -> Letter {
    let cargo = if which.template.opens_something() { cargo } else { Cargo::Nothing };
    Letter { year: notify::year(app.now()), ..Letter::sample(which.template, which.channel, cargo) }
}

fn receiver(channel: Channel, to: &str) -> Result<String> {
    if channel == Channel::Email {
        let email = Email::parse(to).map_err(|_| anyhow!("`{to}` is no email address"))?;
        return Ok(email.shown().to_owned());
    }
    let phone = Phone::parse(to).ok().filter(Phone::is_valid);
    let phone = phone.ok_or_else(|| anyhow!("`{to}` is no phone number; begin it with + and the country"))?;
    Ok(phone.as_str().to_owned())
}

/// Refuses what could not be sent or would swallow a code; warns of what nobody fills.
fn check(which: &Which, content: &Content) -> Result<Vec<String>> {
    check_name(&which.name)?;
    let is_email = which.channel == Channel::Email;
    if !is_email && (content.subject.is_some() || content.html.is_some()) {
        return Err(anyhow!("only an email has a subject and HTML").into());
    }
    let longest_text = if is_email { LONGEST_TEXT } else { LONGEST_SMS };
    let sizes = [
        ("the subject", content.subject.as_deref().map_or(0, |text| text.chars().count()), LONGEST_SUBJECT),
        ("the text", content.text.chars().count(), longest_text),
        ("the HTML", content.html.as_deref().map_or(0, str::len), LONGEST_HTML),
    ];
    if let Some((what, size, most)) = sizes.iter().find(|(_, size, most)| size > most) {
        return Err(anyhow!("{what} is {size} long; {most} is the most").into());
    }
    if content.text.trim().is_empty() {
        return Err(anyhow!("the text is empty").into());
    }
    let parts = [content.subject.as_deref(), Some(content.text.as_str()), content.html.as_deref()];
    let shown: Vec<Vec<String>> = parts.iter().map(|part| part.map(placeholders).unwrap_or_default()).collect();
    let opens = |names: &Vec<String>| names.iter().any(|name| matches!(name.as_str(), "otp" | "url" | "guid"));
    let must_open = which.template.opens_something();
    if must_open && (!opens(&shown[1]) || (content.html.is_some() && !opens(&shown[2]))) {
        return Err(anyhow!(
            "a {} message must hold #OTP# or #Url#, in its text and in its HTML",
            which.template.name()
        )
        .into());
    }
    let mut unknown: Vec<&String> =
        shown.iter().flatten().filter(|name| !PLACEHOLDERS.contains(&name.as_str())).collect();
    unknown.sort();
    unknown.dedup();
    let warn = |name: &&String| format!("#{name}# stays empty unless people have a custom field of this name");
    Ok(unknown.iter().map(warn).collect())
}

fn check_name(name: &str) -> Result<()> {
    let fits = (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if fits {
        return Ok(());
    }
    Err(anyhow!("`{name}` is no name for a version: use 1 to 64 letters, digits, dots, hyphens or underscores").into())
}
