//! Codes and tokens handed to the application's back end, which tells them to the person in a way of its own.

use super::Which;
use crate::access::{Admin, Caller};
use crate::challenge::{self, Form, Sending, page_base};
use crate::profile::NATIVE;
use crate::profile::account;
use crate::profile::identifiers::{require_phone, require_phone_login};
use crate::profile::mailbox::{addresses, stands_for_account};
use crate::registration::verification;
use crate::{App, Result, notify};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::EmailVerification;
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, accounts, passwords, pending_phones};

/// A code or token for the back end.
#[derive(Debug, Clone)]
pub struct Token {
    /// The code, or the token of a link.
    pub text: Secret,
    /// When it is over.
    pub expires_at: Timestamp,
    /// How the person can sign in.
    pub providers: Vec<String>,
}

/// What a token that belongs to an email address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailUse {
    /// Proves the address.
    Verify,
    /// Lets its holder choose a new password.
    ResetPassword,
    /// Lets its holder delete the account.
    DeleteAccount,
}

impl EmailUse {
    /// The use of this name; 1181 for every other.
    ///
    // Wire: the paths call the second one `forgotpassword`, the links `reset`; the third has a longer name in the texts.
    pub fn parse(name: &str) -> Result<EmailUse, Reason> {
        match name.to_ascii_lowercase().as_str() {
            "emailverification" => Ok(EmailUse::Verify),
            "forgotpassword" | "reset" => Ok(EmailUse::ResetPassword),
            "deleteuser" | "deleteusertoken" => Ok(EmailUse::DeleteAccount),
            _ => Err(Reason::TokenTypeInvalid),
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            EmailUse::Verify => Purpose::VerifyEmail,
            EmailUse::ResetPassword => Purpose::ResetPassword,
            EmailUse::DeleteAccount => Purpose::DeleteAccount,
        }
    }
}

/// What a code that belongs to a phone is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneUse {
    /// Proves the number.
    Verify,
    /// Lets its holder choose a new password.
    ResetPassword,
    /// Lets its holder delete the account.
    DeleteAccount,
    /// Makes the number the account's login phone.
    Change,
    /// Signs in without a password.
    SignIn,
}

impl PhoneUse {
    /// The use of this name; 1182 for every other.
    pub fn parse(name: &str) -> Result<PhoneUse, Reason> {
        match name.to_ascii_lowercase().as_str() {
            "phoneidverification" => Ok(PhoneUse::Verify),
            "forgotpassword" => Ok(PhoneUse::ResetPassword),
            "deleteuser" => Ok(PhoneUse::DeleteAccount),
            "addphone" => Ok(PhoneUse::Change),
            "passwordlesslogin" => Ok(PhoneUse::SignIn),
            _ => Err(Reason::SmsOtpTypeInvalid),
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            PhoneUse::Verify => Purpose::VerifyPhone,
            PhoneUse::ResetPassword => Purpose::ResetPassword,
            PhoneUse::DeleteAccount => Purpose::DeleteAccount,
            PhoneUse::Change => Purpose::ChangePhone,
            PhoneUse::SignIn => Purpose::Passwordless,
        }
    }
}

/// Whether we send the message too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// We do not.
    None,
    /// We do; its link leads to this page of the tenant's.
    Mail(Option<&'a str>),
}

/// Makes a token for an address of an account: the address that is named, else the first that stands for it. The one before it of the
/// same use is void. `minutes` may shorten the life of a link.
///
/// Refused: 984, 1022 or 1023 for an unknown account, 1039 for one without an address, 991 or 1130 for one that may not
/// sign in, 1034 where addresses are not proved, 1249 or 1252 for a page that is not the tenant's, 1178 past the quota.
pub async fn email_token(
    app: &App,
    admin: &Admin,
    usage: EmailUse,
    which: Which,
    message: Message<'_>,
    minutes: Option<i64>,
) -> Result<Token> {
    let (caller, now) = (admin.caller.clone(), app.now());
    let form = shorten(form(app, &caller, usage, message)?, minutes);
    let (uid, address, providers) = address_of(app, &caller, which).await?;
    let sending = Sending::to_email(app, &caller, usage.purpose(), &address, &form, now)?;
    let token = Token { text: sending.told().clone(), expires_at: sending.expires_at(), providers };
    let (id, sends) = (uid.clone(), message != Message::None);
    app.write(move |tx| {
        require_open(tx, &caller, &id)?;
        let issued = if sends {
            sending.issue(tx, &caller, Some(&id), now)?
        } else {
            sending.mint(tx, &caller, Some(&id), now)?
        };
        issued.then_some(()).ok_or_else(|| Reason::TokenLimitReached.into())
    })
    .await?;
    app.wake.notify_one();
    notify::event(&admin.caller, "CreateToken", Some(&uid));
    Ok(token)
}

/// Makes a code for the login phone of an account, or for the one that it is to have, for the back end to send.
///
/// Refused: 1074 while the tenant has no sign-in by phone, 1043 for a number that nobody has, or not the account that is
/// named, 991 or 1130 for an account that may not sign in, 1073 where the number is proved already, 1066 where more is to
/// be done by one that is not, 1179 past the quota; for a new number 908 without an account, 984 for an unknown one, 1058
/// when the number is somebody else's; 1059 for signing in where that is switched off.
pub async fn phone_code(app: &App, admin: &Admin, usage: PhoneUse, phone: &Phone, uid: Option<Uid>) -> Result<Token> {
    let (caller, now) = (admin.caller.clone(), app.now());
    match usage {
        PhoneUse::SignIn => require_phone(&caller)?,
        _ => require_phone_login(&caller)?,
    }
    let sending = Sending::for_phone(app, &caller, usage.purpose(), phone, now)?;
    let (text, expires_at, phone) = (sending.told().clone(), sending.expires_at(), phone.clone());
    let (uid, providers) = app
        .write(move |tx| {
            let uid = match usage {
                PhoneUse::Change => wish_for(tx, &caller, &phone, uid.as_ref(), now)?,
                _ => holder_of(tx, &caller, usage, &phone, uid.as_ref())?,
            };
            require_open(tx, &caller, &uid)?;
            if !sending.mint(tx, &caller, Some(&uid), now)? {
                return Err(Reason::OtpLimitReached.into());
            }
            let providers = providers(tx, &caller, &uid)?;
            Ok((uid, providers))
        })
        .await?;
    notify::event(&admin.caller, "CreateToken", Some(&uid));
    Ok(Token { text, expires_at, providers })
}

/// Whose login phone it is, if it is fit for this use.
fn holder_of(tx: &mut Tx, caller: &Caller, usage: PhoneUse, phone: &Phone, uid: Option<&Uid>) -> Result<Uid> {
    let owner = identifiers::owner(tx, caller.tenant_id(), Kind::Phone, phone.as_str())?;
    let owner = owner.filter(|owner| uid.is_none_or(|uid| owner.uid == *uid)).ok_or(Reason::PhoneInvalidOrUnknown)?;
    require_open(tx, caller, &owner.uid)?;
    match (usage, owner.verified_at) {
        (PhoneUse::Verify, Some(_)) => Err(Reason::PhoneAlreadyVerified.into()),
        (PhoneUse::ResetPassword | PhoneUse::DeleteAccount | PhoneUse::SignIn, None) => {
            Err(Reason::PhoneNotVerified.into())
        }
        _ => Ok(owner.uid),
    }
}

/// Notes that the account is to have this number as soon as its code comes back.
fn wish_for(tx: &mut Tx, caller: &Caller, phone: &Phone, uid: Option<&Uid>, now: Timestamp) -> Result<Uid> {
    let (tenant, uid) = (caller.tenant_id(), uid.ok_or_else(|| Refusal::missing("uid"))?);
    accounts::lock(tx, tenant, uid)?.ok_or(Reason::AccountIdInvalid)?;
    match identifiers::owner(tx, tenant, Kind::Phone, phone.as_str())? {
        Some(owner) if owner.uid != *uid => return Err(Reason::PhoneTaken.into()),
        Some(owner) if owner.verified_at.is_some() => return Err(Reason::PhoneAlreadyVerified.into()),
        _ => {}
    }
    pending_phones::put(tx, tenant, uid, phone.as_str(), now)?;
    Ok(uid.clone())
}

fn form(app: &App, caller: &Caller, usage: EmailUse, message: Message<'_>) -> Result<Form> {
    let settings = caller.settings();
    let page = if let Message::Mail(page) = message { page } else { None };
    let (refusal, vtype, life, is_code) = match usage {
        EmailUse::Verify if settings.email_verification == EmailVerification::Disabled => {
            return Err(Reason::EmailVerificationDisabled.into());
        }
        EmailUse::Verify => return verification::form(app, caller, page),
        EmailUse::ResetPassword => {
            (Reason::ResetPasswordUrlInvalid, "reset", challenge::PASSWORD_LINK_LIFE, settings.otp_password_reset)
        }
        EmailUse::DeleteAccount => (Reason::VerificationUrlInvalid, "deleteuser", challenge::DELETION_LINK_LIFE, false),
    };
    let base = page_base(app, caller, page, refusal)?;
    Ok(match (base, message) {
        _ if is_code => Form::Code,
        (Some(base), _) => Form::Link { base, vtype, life },
        // A message without a page has nothing to link to.
        (None, Message::Mail(_)) => Form::Code,
        (None, Message::None) => Form::Link { base: String::new(), vtype, life },
    })
}

fn shorten(form: Form, minutes: Option<i64>) -> Form {
    match (form, minutes.filter(|minutes| *minutes > 0)) {
        (Form::Link { base, vtype, life }, Some(minutes)) => {
            Form::Link { base, vtype, life: life.min(Span::minutes(minutes)) }
        }
        (form, _) => form,
    }
}

async fn address_of(app: &App, caller: &Caller, which: Which) -> Result<(Uid, Email, Vec<String>)> {
    let caller = caller.clone();
    let (uid, shown, providers) = app
        .read(move |tx| {
            let uid = which.find(tx, &caller.tenant)?.ok_or(which.unknown())?;
            accounts::state(tx, caller.tenant_id(), &uid)?.ok_or(which.unknown())?;
            let held = identifiers::list(tx, caller.tenant_id(), &uid)?;
            let is_meant = |value: &str| !matches!(&which, Which::Email(email) if email.as_str() != value);
            let mut meant = addresses(&held).filter(|one| is_meant(&one.value));
            let address = meant.clone().find(|one| stands_for_account(one, &held)).or_else(|| meant.next());
            let shown = address.ok_or(Reason::EmailProfileMissing)?.shown.clone();
            let providers = providers(tx, &caller, &uid)?;
            Ok((uid, shown, providers))
        })
        .await?;
    Ok((uid, Email::parse(&shown)?, providers))
}

fn require_open(tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<()> {
    let state = accounts::state(tx, caller.tenant_id(), uid)?;
    let is_open = state.is_some_and(|state| state.is_active && !state.login_disabled);
    is_open.then_some(()).ok_or_else(|| account::refuse_state(state).into())
}

fn providers(tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<Vec<String>> {
    let mut providers = accounts::providers(tx, caller.tenant_id(), uid)?;
    if passwords::current(tx, caller.tenant_id(), uid)?.is_some() {
        providers.insert(0, NATIVE.to_owned());
    }
    Ok(providers)
}
