//! An account about to be made: by a registration, or by the back end.

use crate::app::Tenant;
use crate::factors::pin_wish::Wish;
use crate::factors::security_answers::{Given, Sealed};
use crate::factors::{breach, pin};
use crate::profile::NATIVE;
use crate::profile::facts::Facts;
use crate::profile::holdings::{Holdings, MASK, give_email, give_phone, give_username};
use crate::{App, Result};
use data_encoding::HEXLOWER;
use doorward_model::id::Uid;
use doorward_model::identifier::Phone;
use doorward_model::password::Password;
use doorward_model::profile::{AccountChange, AccountDocument, Nulls, Persona, Writer};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::accounts::{self, Account};
use doorward_store::{Json, Tx, passwords};
use serde_json::{Map, Value};

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
