//! An account about to be made: by a registration, or by the back end.

use crate::app::Tenant;
use crate::pin::{self, Wish};
use crate::profile::Facts;
use crate::security_answers::{Given, Sealed};
use crate::session::NATIVE;
use crate::{App, Error, Result, breach};
use data_encoding::HEXLOWER;
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::password::Password;
use doorward_model::profile::{AccountChange, AccountDocument, EmailEntry, Nulls, Persona, Writer};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::identifiers::{self, Identifier, Kind};
use doorward_store::{Json, Tx, challenges, passwords, pending_phones};
use serde_json::{Map, Value};

/// The type of an address whose owner named none.
const PRIMARY: &str = "Primary";

/// What answers show where a password is; sent back to us it means that nobody typed one.
pub(crate) const MASK: &str = "********";

/// The identifiers that a body names, well-formed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    pub(crate) emails: Option<Vec<(String, Email)>>,
    pub(crate) phone: Option<Phone>,
    pub(crate) username: Option<Username>,
}

impl Holdings {
    /// Reads them out of a change: 1038, 1096 or 1204 when one is malformed, 1201, 1202 or 1203 when the list of
    /// addresses breaks its rules.
    pub(crate) fn read(change: &AccountChange) -> Result<Holdings, Refusal> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Ok(Holdings {
            emails: change.email.as_deref().map(emails).transpose()?,
            phone: text(&change.phone_id).map(|text| Phone::parse(&text)).transpose()?,
            username: text(&change.user_name).map(|text| Username::parse(&text)).transpose()?,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.emails.as_ref().is_none_or(Vec::is_empty) && self.phone.is_none() && self.username.is_none()
    }

    /// Every one of them.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = (Kind, &str)> {
        let emails = self.emails.iter().flatten().map(|(_, email)| (Kind::Email, email.as_str()));
        let phone = self.phone.iter().map(|phone| (Kind::Phone, phone.as_str()));
        let username = self.username.iter().map(|username| (Kind::Username, username.as_str()));
        emails.chain(phone).chain(username)
    }
}

/// The addresses of a list with their types: 1038 when one is malformed, 1201, 1202 or 1203 when the list breaks its
/// rules.
pub(crate) fn emails(entries: &[EmailEntry]) -> Result<Vec<(String, Email)>, Refusal> {
    let mut emails: Vec<(String, Email)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let label = entry.kind.as_deref().map(str::trim).filter(|label| !label.is_empty());
        let label = label.ok_or(Reason::EmailTypeRequired)?;
        let email = Email::parse(entry.value.as_deref().unwrap_or_default())?;
        if emails.iter().any(|(_, other)| *other == email) {
            return Err(Reason::EmailDuplicate.into());
        }
        let is_primary = label.eq_ignore_ascii_case(PRIMARY);
        if is_primary && emails.iter().any(|(other, _)| other.eq_ignore_ascii_case(PRIMARY)) {
            return Err(Reason::PrimaryEmailNotUnique.into());
        }
        emails.push((label.to_owned(), email));
    }
    Ok(emails)
}

/// An account with everything that is written when it is made.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) account: Account,
    pub(crate) holdings: Holdings,
    pub(crate) hash: Option<String>,
    pub(crate) answers: Sealed,
    pub(crate) pin: Option<pin::Sealed>,
    /// When the addresses and the phone were proved, if they come proved.
    pub(crate) email_verified_at: Option<Timestamp>,
    pub(crate) phone_verified_at: Option<Timestamp>,
    pub(crate) history: i64,
}

/// A draft whose password is not hashed yet: what can be refused is refused before that work.
pub(crate) struct Sketch {
    draft: Draft,
    password: Option<Password>,
    answers: Given,
    pin: Wish,
}

impl Draft {
    /// Reads the body of a registration or of a new account; refuses what its fields refuse, and a password that breaks
    /// the tenant's rules (1134, 1216).
    pub(crate) fn sketch(
        app: &App,
        tenant: &Tenant,
        body: &Map<String, Value>,
        writer: Writer,
        now: Timestamp,
    ) -> Result<Sketch, Refusal> {
        let mut persona = Persona::from_wire(body, writer)?;
        // Every profile names its provider and has an id there; Doorward's own is a provider like any other.
        persona.provider.get_or_insert_with(|| NATIVE.to_owned());
        persona.id.get_or_insert_with(|| HEXLOWER.encode(&app.random::<16>()));
        let mut document = AccountDocument::from_wire(body, writer)?;
        let change = AccountChange::from_wire(body, writer)?;
        let holdings = Holdings::read(&change)?;
        let password = password_in(body)?;
        if let Some(password) = &password {
            password.check_form(&tenant.settings.password)?;
            let names = [persona.first_name.as_deref(), persona.last_name.as_deref()];
            let values = holdings.identifiers().map(|(_, value)| value).chain(names.into_iter().flatten());
            password.check_profile(&tenant.settings.password, values)?;
        }
        let pin = wanted_pin(tenant, body, writer, &persona, &holdings)?;
        if let Some(note) = pin.note(now) {
            document.pin = Some(note);
        }
        let uid = match &change.uid {
            Some(text) if !text.is_empty() => Uid::parse(text).ok_or(Reason::UidInvalid)?,
            _ => Uid::new(app.guid()),
        };
        let facts = Facts::default().with(&change);
        let created_at = change.created_date.unwrap_or(now);
        let account = Account {
            persona: Json::from_text(persona.to_stored()),
            document: Json::from_text(document.to_stored()),
            facts: Json::of(&facts).map_err(|_| Reason::PayloadInvalid)?,
            is_active: change.is_active.unwrap_or(true),
            login_disabled: change.disable_login.unwrap_or(false),
            is_custom_uid: change.uid.as_deref().is_some_and(|text| !text.is_empty()),
            registration_provider: change.registration_provider.clone().unwrap_or_else(|| NATIVE.to_owned()),
            registration_source: change.registration_source.clone().unwrap_or_else(|| "API".to_owned()),
            created_at,
            modified_at: change.modified_date.unwrap_or(now),
            profile_modified_at: change.profile_modified_date.unwrap_or(now),
            last_login_at: change.last_login_date,
            logins: change.no_of_logins.unwrap_or(0).max(0),
            uid,
        };
        let draft = Draft {
            account,
            holdings,
            hash: None,
            answers: Sealed::default(),
            pin: None,
            email_verified_at: change.email_verified.unwrap_or(false).then_some(now),
            phone_verified_at: change.phone_id_verified.unwrap_or(false).then_some(now),
            history: i64::from(tenant.settings.password.history),
        };
        let answers = Given::read(body, &tenant.settings, Nulls::Keep)?;
        Ok(Sketch { draft, password, answers, pin })
    }

    /// Writes the account: refused when its uid (1200), an address (936), the phone (1058) or the user name (1017) is
    /// taken, and then nothing of it stays.
    pub(crate) fn insert(&self, tx: &mut Tx, tenant: &Tenant, now: Timestamp) -> Result<()> {
        let uid = &self.account.uid;
        if !accounts::add(tx, &tenant.id, &self.account)? {
            return Err(Reason::UidInvalid.into());
        }
        self.give_identifiers(tx, tenant)?;
        if let Some(hash) = &self.hash {
            passwords::set(tx, &tenant.id, uid, hash, self.history, now)?;
        }
        if let Some(pin) = &self.pin
            && !pin.add(tx, &tenant.id, uid)?
        {
            return Err(Reason::UidInvalid.into());
        }
        self.answers.keep(tx, tenant, uid, now)
    }

    /// Gives the account, which must be there, what it signs in with: 936, 1058 or 1017 when something is taken.
    pub(crate) fn give_identifiers(&self, tx: &mut Tx, tenant: &Tenant) -> Result<()> {
        let uid = &self.account.uid;
        for (position, (label, email)) in (0..).zip(self.holdings.emails.iter().flatten()) {
            give_email(tx, tenant, uid, label, email, position, self.email_verified_at)?;
        }
        if let Some(phone) = &self.holdings.phone {
            give_phone(tx, tenant, uid, phone, self.phone_verified_at)?;
        }
        if let Some(username) = &self.holdings.username {
            give_username(tx, tenant, uid, username)?;
        }
        Ok(())
    }
}

impl Sketch {
    pub(crate) fn holdings(&self) -> &Holdings {
        &self.draft.holdings
    }

    /// The draft without its password.
    pub(crate) fn draft(&self) -> &Draft {
        &self.draft
    }

    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    pub(crate) fn has_pin(&self) -> bool {
        matches!(self.pin, Wish::Set(_))
    }

    /// Says where a registration came from, when its body did not.
    pub(crate) fn came_from(mut self, source: &str) -> Sketch {
        source.clone_into(&mut self.draft.account.registration_source);
        self
    }

    /// Gives the account the uid that was reserved for it.
    pub(crate) fn with_uid(mut self, uid: Uid) -> Sketch {
        self.draft.account.uid = uid;
        self
    }

    /// Refuses (1315) a password that is on a list of stolen ones, where the tenant wants that.
    pub(crate) async fn refuse_breached(&self, app: &App, tenant: &Tenant) -> Result<()> {
        match &self.password {
            Some(password) => breach::refuse_at_registration(app, &tenant.settings.password, password).await,
            None => Ok(()),
        }
    }

    /// Hashes the password, the PIN and the answers to security questions.
    pub(crate) async fn finish(self, app: &App, tenant: &Tenant) -> Result<Draft> {
        let hash = match self.password {
            Some(password) => Some(app.hash_password(password).await?),
            None => None,
        };
        let answers = self.answers.seal(app, tenant).await?;
        let pin = self.pin.seal(app, &tenant.id).await?;
        Ok(Draft { hash, answers, pin, ..self.draft })
    }
}

/// What a person says of their PIN; 1134 when it breaks a rule. A back end sets none.
fn wanted_pin(
    tenant: &Tenant,
    body: &Map<String, Value>,
    writer: Writer,
    persona: &Persona,
    holdings: &Holdings,
) -> Result<Wish, Refusal> {
    if writer == Writer::BackEnd {
        return Ok(Wish::Nothing);
    }
    let wish = Wish::read(tenant, body)?;
    if let Wish::Set(pin) = &wish {
        let rules = &tenant.settings.pin.configuration.rules;
        let phone = holdings.phone.iter().map(Phone::as_str);
        pin.check_person(rules, persona.birth_date.as_deref(), phone)?;
    }
    Ok(wish)
}

/// Gives an address to an account; 936 when it is taken.
pub(crate) fn give_email(
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    label: &str,
    email: &Email,
    position: i64,
    verified_at: Option<Timestamp>,
) -> Result<()> {
    let identifier = Identifier {
        kind: Kind::Email.as_str().to_owned(),
        value: email.as_str().to_owned(),
        shown: email.shown().to_owned(),
        label: label.to_owned(),
        verified_at,
    };
    let added = identifiers::add(tx, &tenant.id, uid, Kind::Email, &identifier, position)?;
    added.then_some(()).ok_or_else(|| Reason::EmailAlreadyRegistered.into())
}

/// Gives the login phone to an account; 1058 when it is taken.
pub(crate) fn give_phone(
    tx: &mut Tx,
    tenant: &Tenant,
    uid: &Uid,
    phone: &Phone,
    verified_at: Option<Timestamp>,
) -> Result<()> {
    let identifier = Identifier {
        kind: Kind::Phone.as_str().to_owned(),
        value: phone.as_str().to_owned(),
        shown: phone.as_str().to_owned(),
        label: String::new(),
        verified_at,
    };
    let added = identifiers::add(tx, &tenant.id, uid, Kind::Phone, &identifier, 0)?;
    added.then_some(()).ok_or_else(|| Reason::PhoneTaken.into())
}

/// Gives the user name to an account; 1017 when it is taken.
pub(crate) fn give_username(tx: &mut Tx, tenant: &Tenant, uid: &Uid, username: &Username) -> Result<()> {
    let identifier = Identifier {
        kind: Kind::Username.as_str().to_owned(),
        value: username.as_str().to_owned(),
        shown: username.shown().to_owned(),
        label: String::new(),
        verified_at: None,
    };
    let added = identifiers::add(tx, &tenant.id, uid, Kind::Username, &identifier, 0)?;
    added.then_some(()).ok_or_else(|| Reason::UsernameTaken.into())
}

/// The password that a body names; 1090 when it is no text.
pub(crate) fn password_in(body: &Map<String, Value>) -> Result<Option<Password>, Refusal> {
    let value = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("password")).map(|(_, value)| value);
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() || text == MASK => Ok(None),
        Some(Value::String(text)) => Ok(Some(Password::new(&Secret::new(text.as_str())))),
        Some(_) => Err(Reason::PayloadInvalid.into()),
    }
}

/// The identifiers that a body erases: those that are null in it, where the caller asked for that.
pub(crate) fn erased_in(body: &Map<String, Value>, nulls: Nulls) -> Vec<Kind> {
    let is_null = |field: &str| body.iter().any(|(name, value)| name.eq_ignore_ascii_case(field) && value.is_null());
    let fields = [("email", Kind::Email), ("phoneid", Kind::Phone), ("username", Kind::Username)];
    let erased = fields.into_iter().filter(|(field, _)| nulls == Nulls::Erase && is_null(field));
    erased.map(|(_, kind)| kind).collect()
}

/// Takes the phone or the user name of an account away, if it has one; 1134 when nothing would be left to sign in with.
pub(crate) fn erase_identifier(tx: &mut Tx, tenant: &Tenant, uid: &Uid, kind: Kind, now: Timestamp) -> Result<()> {
    let held = identifiers::list(tx, &tenant.id, uid)?;
    if !held.iter().any(|one| one.kind == kind.as_str()) {
        return Ok(());
    }
    if held.iter().all(|one| one.kind == kind.as_str()) {
        return Err(Refusal::invalid(kind.as_str(), "It is all that the account has to sign in with.").into());
    }
    identifiers::remove(tx, &tenant.id, uid, kind)?;
    if kind == Kind::Phone {
        pending_phones::remove(tx, &tenant.id, uid)?;
        challenges::void_all(tx, &tenant.id, uid, now)?;
    }
    Ok(())
}

/// Applies to an account what a body says of the person and of the account's facts, as far as the writer may say it.
pub(crate) fn merge(
    account: &mut Account,
    body: &Map<String, Value>,
    change: &AccountChange,
    (writer, nulls): (Writer, Nulls),
    now: Timestamp,
) -> Result<()> {
    let stored = |error: doorward_model::profile::Broken| Error::Failed(error.into());
    let persona = Persona::from_stored(account.persona.as_str()).map_err(stored)?;
    let persona = persona.merged(body, writer, nulls)?;
    let document = AccountDocument::from_stored(account.document.as_str()).map_err(stored)?;
    let document = document.merged(body, writer, nulls)?;
    let known: Facts = account.facts.parse()?;
    account.persona = Json::from_text(persona.to_stored());
    account.document = Json::from_text(document.to_stored());
    account.facts = Json::of(&known.with(change))?;
    account.modified_at = now;
    account.profile_modified_at = now;
    Ok(())
}
