//! Codes sent to an address of the account, for a login that waits: sent, sent again, and proved.
//!
//! The factor is every proved address of the account, so that it has no secret of its own.

use super::codes::{Code, Way, try_code};
use super::own::Change;
use super::proving::{Held, Tried, find, hold, prove};
use super::{Factor, require_enabled};
use crate::access::Caller;
use crate::mailbox::addresses;
use crate::notify::Receiver;
use crate::outside::Channel;
use crate::session::Login;
use crate::{App, Error, Result, code};
use doorward_model::id::{TenantId, Uid};
use doorward_model::identifier::Email;
use doorward_model::keys::{Digest, Keys};
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Json, Tx, second_factors};

/// 1097 or 1256 where the tenant has no codes by email.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Email.is_offered(settings).then_some(()).ok_or(Reason::MfaEmailOtpDisabled)
}

/// Sends a code to an address of the account; the one before it is void, and its wrong tries stay counted.
///
/// Refused: 1097 and 1256 by the tenant's switches, 1103 and 1104 by the token, 1340 for an address that the account did
/// not prove, 1101 for the one that was the first factor or when other factors are the account's, 1122 when the address
/// or the login had its codes.
pub async fn resend_email_otpmfa_token(app: &App, caller: &Caller, token: &Secret, email: &Email) -> Result<()> {
    require_offered(caller.settings())?;
    let now = app.now();
    let (reader, within, wanted, address) = (app.clone(), caller.clone(), token.clone(), email.clone());
    let (login, mailbox) = app
        .read(move |tx| {
            let held = find(&reader, tx, &within, &wanted, now)?;
            let mailbox = Mailbox::find(&reader.keys, tx, &within, &held, &address)?;
            Ok((held.transaction, mailbox))
        })
        .await?;
    let code = mailbox.draw(app, caller, (&login.uid, &login.token), now)?;
    let (keeper, within, token, email) = (app.clone(), caller.clone(), token.clone(), email.clone());
    app.write(move |tx| {
        let held = hold(&keeper, tx, &within, &token, now)?;
        Mailbox::find(&keeper.keys, tx, &within, &held, &email)?;
        code.issue_unless_fresh(tx, &within, &held.transaction.token, now)
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}

/// Completes the login by the code that was sent to an address, which makes the account's addresses its second factor if
/// it had none. `templates` are the names of the messages that risk checks send.
///
/// Refused as [`resend_email_otpmfa_token`] is, and with 1105 while no code was sent, 1067 for a wrong code, 1069 for one
/// that is too old, 1264 when the account is locked by it.
pub async fn validate_mfa_otp_by_email(
    app: &App,
    caller: &Caller,
    token: &Secret,
    (email, otp): (&Email, &Secret),
    templates: &serde_json::Value,
) -> Result<Login> {
    require_offered(caller.settings())?;
    let attempt = Attempt { app: app.clone(), caller: caller.clone(), email: email.clone(), otp: otp.clone() };
    prove(app, caller, token, Json::of(templates)?, move |tx, held, now| attempt.run(tx, held, now)).await
}

/// Sends the code of a login whose only second factor is this address, and tells where to, in part. What keeps it from
/// going out does not keep the login from waiting.
pub(super) async fn send_unasked(
    app: &App,
    caller: &Caller,
    uid: &Uid,
    token: &Digest,
    email: &Email,
) -> Result<Option<String>> {
    let (now, subject) = (app.now(), app.subject(&caller.tenant, Kind::Email, email.as_str()));
    let mailbox = Mailbox { shown: email.shown().to_owned(), subject, is_new: false };
    let code = mailbox.draw(app, caller, (uid, token), now)?;
    let (within, token) = (caller.clone(), token.clone());
    match app.write(move |tx| code.issue(tx, &within, &token, now)).await {
        Ok(()) => app.wake.notify_one(),
        Err(Error::Refused(_)) => return Ok(None),
        Err(failed) => return Err(failed),
    }
    Ok(Some(email.masked()))
}

/// The addresses that the account proved, without the one that `spent`, the first factor, was sent to.
pub(super) fn mailboxes(
    tx: &mut Tx,
    keys: &Keys,
    tenant: &TenantId,
    uid: &Uid,
    spent: Option<&Digest>,
) -> Result<Vec<Email>> {
    let held = identifiers::list(tx, tenant, uid)?;
    let proved = addresses(&held).filter(|one| one.verified_at.is_some());
    let is_spent = |one: &&identifiers::Identifier| {
        spent.is_some_and(|spent| spent.matches(&code::subject(keys, tenant, Kind::Email, &one.value)))
    };
    let left = proved.filter(|one| !is_spent(one));
    Ok(left.map(|one| Email::parse(&one.shown)).collect::<Result<_, _>>()?)
}

/// An address that the codes of a login may go to.
struct Mailbox {
    shown: String,
    subject: Digest,
    /// Whether the account has no factor until its code comes back.
    is_new: bool,
}

impl Mailbox {
    fn find(keys: &Keys, tx: &mut Tx, caller: &Caller, held: &Held, email: &Email) -> Result<Mailbox> {
        let (tenant, login) = (caller.tenant_id(), &held.transaction);
        let is_new = held.standing.verified(Factor::Email).is_none();
        if is_new && !held.standing.usable(caller.settings()).is_empty() {
            return Err(Reason::MfaNotConfiguredOnProfile.into());
        }
        let proved = mailboxes(tx, keys, tenant, &login.uid, None)?;
        let own = proved.into_iter().find(|own| own == email).ok_or(Reason::EmailNotOnProfile)?;
        let subject = code::subject(keys, tenant, Kind::Email, own.as_str());
        if login.spent.as_ref().is_some_and(|spent| spent.matches(&subject)) {
            return Err(Reason::MfaNotConfiguredOnProfile.into());
        }
        Ok(Mailbox { shown: own.shown().to_owned(), subject, is_new })
    }

    fn draw(&self, app: &App, caller: &Caller, login: (&Uid, &Digest), now: Timestamp) -> Result<Code> {
        let purpose = if self.is_new { Purpose::EnrolSecondFactor } else { Purpose::SecondFactor };
        let receiver = Receiver { channel: Channel::Email, to: self.shown.clone() };
        Code::draw(app, caller, login, (Way::Email, &receiver, self.subject.clone()), purpose, now)
    }
}

/// One try of a code.
struct Attempt {
    app: App,
    caller: Caller,
    email: Email,
    otp: Secret,
}

impl Attempt {
    fn run(&self, tx: &mut Tx, held: &Held, now: Timestamp) -> Result<Tried> {
        let (app, caller) = (&self.app, &self.caller);
        let mailbox = Mailbox::find(&app.keys, tx, caller, held, &self.email)?;
        let tried = try_code(app, tx, caller, held, (Way::Email, &mailbox.subject, &self.otp), now)?;
        if matches!(tried, Tried::Right) && mailbox.is_new {
            let (tenant, login) = (caller.tenant_id(), &held.transaction);
            second_factors::put(tx, tenant, &login.uid, &factor(login.id.clone()), now)?;
            Change::to_owner(app, caller, tx, &login.uid)?.tell(tx, caller)?;
        }
        Ok(tried)
    }
}

/// The factor as it is kept.
pub(super) fn factor(id: String) -> second_factors::New {
    second_factors::New { factor: Factor::Email.as_str(), id, sealed: None, subject: None }
}
