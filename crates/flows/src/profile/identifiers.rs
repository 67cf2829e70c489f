//! What a person names themselves with at the door.

use crate::access::{Caller, SignedIn};
use crate::{App, Result};
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::Settings;
use doorward_store::identifiers::{self, Identifier, Kind};

/// An identifier as somebody typed it: one of the three, the others left out.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// An email address.
    pub email: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// A user name.
    pub username: Option<String>,
}

/// A well-formed identifier, whether anybody has it or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) kind: Kind,
    pub(crate) value: String,
}

impl Typed {
    /// The identifier, if it is well-formed (1038, 1096, 1204) and the tenant lets it sign in (1074, 1077, 1183, 1220).
    pub(crate) fn name(&self, settings: &Settings) -> Result<Named, Refusal> {
        let (kind, text) = self.given().ok_or_else(|| Refusal::missing("email"))?;
        if let Some(reason) = closed(kind, settings) {
            return Err(reason.into());
        }
        let value = match kind {
            Kind::Email => Email::parse(text)?.as_str().to_owned(),
            Kind::Phone => Phone::parse(text)?.as_str().to_owned(),
            Kind::Username => Username::parse(text)?.as_str().to_owned(),
        };
        Ok(Named { kind, value })
    }

    /// The address, else the user name, if it is well-formed (1038, 1204); 908 when there is neither.
    pub(crate) fn name_for_mail(&self) -> Result<Named, Refusal> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (kind, value) = match (given(&self.email), given(&self.username)) {
            (Some(email), _) => (Kind::Email, Email::parse(&email)?.as_str().to_owned()),
            (None, Some(name)) => (Kind::Username, Username::parse(&name)?.as_str().to_owned()),
            (None, None) => return Err(Refusal::missing("email")),
        };
        Ok(Named { kind, value })
    }

    fn given(&self) -> Option<(Kind, &str)> {
        let fields = [(Kind::Email, &self.email), (Kind::Phone, &self.phone), (Kind::Username, &self.username)];
        fields
            .into_iter()
            .find_map(|(kind, text)| Some((kind, text.as_deref()?)).filter(|(_, text)| !text.trim().is_empty()))
    }
}

/// Why this kind of identifier does not sign in at this tenant.
fn closed(kind: Kind, settings: &Settings) -> Option<Reason> {
    match kind {
        Kind::Email if settings.email_login => None,
        Kind::Email if settings.phone_login => Some(Reason::PhoneLoginEnforced),
        Kind::Email => Some(Reason::UsernameLoginEnforced),
        Kind::Phone if settings.phone_login => None,
        Kind::Phone => Some(Reason::PhoneLoginDisabled),
        Kind::Username if settings.user_name_login => None,
        Kind::Username => Some(Reason::LoginNotAllowed),
    }
}

/// The address that a passkey is shown under; 1324 for an account that has none.
pub(crate) fn address(held: &[Identifier]) -> Result<String, Reason> {
    let mut emails = held.iter().filter(|one| one.kind == Kind::Email.as_str());
    emails.next().map(|email| email.shown.clone()).ok_or(Reason::PasskeyEmailAccountOnly)
}

/// 1059 while the tenant has no sign-in by link or code in an email.
pub fn require_email(caller: &Caller) -> Result<(), Reason> {
    caller.settings().instant_signin.email.then_some(()).ok_or(Reason::PasswordlessDisabled)
}

/// 1059 while the tenant has no sign-in by code in a text message, 1074 while it has none by phone at all.
pub fn require_phone(caller: &Caller) -> Result<(), Reason> {
    caller.settings().instant_signin.sms.then_some(()).ok_or(Reason::PasswordlessDisabled)?;
    require_phone_login(caller)
}

/// 1074 while the tenant has no sign-in by phone.
pub fn require_phone_login(caller: &Caller) -> Result<(), Reason> {
    caller.settings().phone_login.then_some(()).ok_or(Reason::PhoneLoginDisabled)
}

pub(crate) async fn own_phone(app: &App, signed_in: &SignedIn) -> Result<Phone> {
    let (tenant, uid) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone());
    let identifiers = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
    let phone = identifiers.iter().find(|identifier| identifier.kind == Kind::Phone.as_str());
    Ok(Phone::parse(&phone.ok_or(Reason::PhoneInvalidOrUnknown)?.value)?)
}
