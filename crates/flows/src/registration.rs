//! Somebody becomes an account: by a form that holds a registration token, or by signing in.
//!
//! What belongs here: the draft of an account, newcomers, registration tokens, the message that proves an address. What
//! does not: what becomes of the account later.

use crate::access::Caller;
use crate::challenge::Sending;
use crate::limits::captcha;
use crate::notify::{self, Voice};
use crate::profile::holdings::Holdings;
use crate::profile::identifiers::require_phone_login;
use crate::session::{self, Fresh, Login};
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::profile::Writer;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::settings::{EmailVerification, Settings};
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::challenges::Purpose;
use draft::Draft;
use serde_json::{Map, Value};

pub(crate) mod draft;
pub(crate) mod newcomer;
pub mod sott;
pub(crate) mod verification;

/// The longest page address that is kept as the source of a registration.
const SOURCE_LENGTH: usize = 256;

/// A registration as it was sent.
#[derive(Debug)]
pub struct Registration<'a> {
    /// Profile and password.
    pub body: &'a Map<String, Value>,
    /// What the caller wants of the messages.
    pub wishes: Wishes<'a>,
}

/// What a caller wants of the messages that follow from a registration.
#[derive(Debug, Clone, Copy)]
pub struct Wishes<'a> {
    /// Where the link in the verification message leads.
    pub verification_url: Option<&'a str>,
    /// Which messages the caller asked not to send.
    pub options: Option<&'a str>,
    /// How the phone's code is told.
    pub voice: Voice,
}

impl Wishes<'_> {
    fn prevents(&self, message: &str) -> bool {
        let mut options = self.options.unwrap_or_default().split(',');
        options.any(|option| option.trim().eq_ignore_ascii_case(message))
    }
}

/// Registers an account. A phone gets its code, an address its link or code; a login comes with the answer only when
/// nothing is left to prove.
///
/// Refused: 1190 while registration is closed, 1049 by the token, 908 without identifier or password, 1234 without a PIN
/// where one is asked for, 936, 1058 or 1017 when an identifier is taken, and by the rules of the fields. Nothing stays of
/// a refused registration.
pub async fn register_by_sott(
    app: &App,
    caller: &Caller,
    sott: &Secret,
    registration: Registration<'_>,
) -> Result<Option<Login>> {
    require_open(caller)?;
    let accepted = sott::accept(app, caller, sott).await?;
    register(app, caller, Some(accepted), registration).await
}

/// Registers an account from the tenant's own page, which vouches for the form as a registration token does elsewhere.
/// Refused as [`register_by_sott`] is, but for the token.
pub async fn register_on_page(app: &App, caller: &Caller, registration: Registration<'_>) -> Result<Option<Login>> {
    require_open(caller)?;
    register(app, caller, None, registration).await
}

fn require_open(caller: &Caller) -> Result<(), Reason> {
    caller.settings().registration.then_some(()).ok_or(Reason::RegistrationDisabled)
}

async fn register(
    app: &App,
    caller: &Caller,
    accepted: Option<sott::Accepted>,
    registration: Registration<'_>,
) -> Result<Option<Login>> {
    let (tenant, now) = (caller.tenant.clone(), app.now());
    let sketch = Draft::sketch(app, &tenant, registration.body, Writer::User, now)?.came_from(&source(caller));
    if sketch.holdings().is_empty() {
        return Err(Refusal::missing("email").into());
    }
    if !sketch.has_password() {
        return Err(Refusal::missing("password").into());
    }
    if tenant.settings.pin.is_owed_at_registration() && !sketch.has_pin() {
        return Err(Reason::PinMissing.into());
    }
    sketch.refuse_breached(app, &tenant).await?;
    let messages = Messages::prepare(app, caller, &registration.wishes, sketch.holdings(), now)?;
    let signs_in = signs_in_at_once(&tenant.settings, sketch.holdings());
    let draft = sketch.finish(app, &tenant).await?;

    let fresh = signs_in.then(|| Fresh::draw(app, caller, now));
    let (within, uid) = (caller.clone(), draft.account.uid.clone());
    let begun = app
        .write(move |tx| {
            let (tenant, uid) = (&within.tenant, &draft.account.uid);
            if let Some(accepted) = &accepted {
                accepted.spend(tx, tenant)?;
            }
            draft.insert(tx, tenant, now)?;
            messages.issue(tx, &within, uid, now)?;
            match &fresh {
                Some(fresh) => Ok(Some(session::try_begin(tx, &within, fresh, uid, now)?)),
                None => Ok(None),
            }
        })
        .await?;
    app.wake.notify_one();
    notify::event(caller, "Register", Some(&uid));
    match begun {
        Some(begun) => Ok(Some(begun?.finish(app, caller).await?)),
        None => Ok(None),
    }
}

/// Registers an account from a form with a captcha, whose answer (982) stands for the registration token. Refused as
/// [`register_by_sott`] is, but for that.
pub async fn register_by_captcha(
    app: &App,
    caller: &Caller,
    captcha: Option<&captcha::Response>,
    registration: Registration<'_>,
) -> Result<Option<Login>> {
    require_open(caller)?;
    captcha::check(captcha)?;
    register(app, caller, None, registration).await
}

/// The messages that follow from a registration.
pub(crate) struct Messages {
    sms: Option<Sending>,
    mails: Vec<Sending>,
}

impl Messages {
    pub(crate) fn prepare(
        app: &App,
        caller: &Caller,
        wishes: &Wishes<'_>,
        holdings: &Holdings,
        now: Timestamp,
    ) -> Result<Messages> {
        let mut messages = Messages { sms: None, mails: Vec::new() };
        if let Some(phone) = &holdings.phone {
            require_phone_login(caller)?;
            if !wishes.prevents("preventverificationsms") {
                let sending = Sending::to_phone(app, caller, Purpose::VerifyPhone, phone, wishes.voice, now)?;
                messages.sms = Some(sending);
            }
        }
        let wanted = caller.settings().email_verification != EmailVerification::Disabled
            && !wishes.prevents("PreventVerificationEmail");
        if wanted {
            let form = verification::form(app, caller, wishes.verification_url)?;
            for (_, address) in holdings.emails.iter().flatten() {
                messages.mails.push(Sending::to_email(app, caller, Purpose::VerifyEmail, address, &form, now)?);
            }
        }
        Ok(messages)
    }

    /// Issues them to the new account: 1123 or 1122 when the number or an address had its messages for a while.
    pub(crate) fn issue(&self, tx: &mut Tx, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<()> {
        if let Some(sms) = &self.sms
            && !sms.issue(tx, caller, Some(uid), now)?
        {
            return Err(Reason::SmsLimitReached.into());
        }
        for mail in &self.mails {
            if !mail.issue(tx, caller, Some(uid), now)? {
                return Err(Reason::EmailLimitReached.into());
            }
        }
        Ok(())
    }
}

/// True when an identifier of the new account may sign in without being proved.
pub(crate) fn signs_in_at_once(settings: &Settings, holdings: &Holdings) -> bool {
    let has_email = holdings.emails.as_ref().is_some_and(|emails| !emails.is_empty());
    let by_email = has_email && settings.email_login && settings.email_verification != EmailVerification::Required;
    let by_username = holdings.username.is_some() && settings.user_name_login && !has_email && holdings.phone.is_none();
    by_email || by_username
}

/// The page or program that a registration came from.
pub(crate) fn source(caller: &Caller) -> String {
    let referer = caller.visit.referer.as_deref().filter(|referer| !referer.is_empty());
    referer.unwrap_or("API").chars().take(SOURCE_LENGTH).collect()
}
