//! The addresses of an account as a second factor: which ones, and their codes.
//!
//! The factor is every proved address of the account, so that it has no secret of its own.

use super::codes::{Code, Way};
use super::held::Held;
use super::{Factor, require_enabled};
use crate::access::Caller;
use crate::app::outside::Channel;
use crate::notify::Receiver;
use crate::profile::mailbox::addresses;
use crate::{App, Error, Result, challenge};
use doorward_model::id::{TenantId, Uid};
use doorward_model::identifier::Email;
use doorward_model::keys::{Digest, Keys};
use doorward_model::reason::Reason;
use doorward_model::settings::Settings;
use doorward_model::time::Timestamp;
use doorward_store::challenges::Purpose;
use doorward_store::identifiers::{self, Kind};
use doorward_store::{Tx, second_factors};

/// 1097 or 1256 where the tenant has no codes by email.
pub fn require_offered(settings: &Settings) -> Result<(), Reason> {
    require_enabled(settings)?;
    Factor::Email.is_offered(settings).then_some(()).ok_or(Reason::MfaEmailOtpDisabled)
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
    let (now, subject) = (app.now(), challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, email.as_str()));
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
pub(crate) fn mailboxes(
    tx: &mut Tx,
    keys: &Keys,
    tenant: &TenantId,
    uid: &Uid,
    spent: Option<&Digest>,
) -> Result<Vec<Email>> {
    let held = identifiers::list(tx, tenant, uid)?;
    let proved = addresses(&held).filter(|one| one.verified_at.is_some());
    let is_spent = |one: &&identifiers::Identifier| {
        spent.is_some_and(|spent| spent.matches(&challenge::subject(keys, tenant, Kind::Email, &one.value)))
    };
    let left = proved.filter(|one| !is_spent(one));
    Ok(left.map(|one| Email::parse(&one.shown)).collect::<Result<_, _>>()?)
}

/// An address that the codes of a login may go to.
pub(crate) struct Mailbox {
    shown: String,
    subject: Digest,
    /// Whether the account has no factor until its code comes back.
    is_new: bool,
}

impl Mailbox {
    /// The address as a keyed hash.
    pub(crate) fn subject(&self) -> &Digest {
        &self.subject
    }

    /// Whether the account has no factor until its code comes back.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }

    pub(crate) fn find(keys: &Keys, tx: &mut Tx, caller: &Caller, held: &Held, email: &Email) -> Result<Mailbox> {
        let (tenant, login) = (caller.tenant_id(), held.transaction());
        let is_new = held.standing().verified(Factor::Email).is_none();
        if is_new && !held.standing().usable(caller.settings()).is_empty() {
            return Err(Reason::MfaNotConfiguredOnProfile.into());
        }
        let proved = mailboxes(tx, keys, tenant, &login.uid, None)?;
        let own = proved.into_iter().find(|own| own == email).ok_or(Reason::EmailNotOnProfile)?;
        let subject = challenge::subject(keys, tenant, Kind::Email, own.as_str());
        if login.spent.as_ref().is_some_and(|spent| spent.matches(&subject)) {
            return Err(Reason::MfaNotConfiguredOnProfile.into());
        }
        Ok(Mailbox { shown: own.shown().to_owned(), subject, is_new })
    }

    pub(crate) fn draw(&self, app: &App, caller: &Caller, login: (&Uid, &Digest), now: Timestamp) -> Result<Code> {
        let purpose = if self.is_new { Purpose::EnrolSecondFactor } else { Purpose::SecondFactor };
        let receiver = Receiver { channel: Channel::Email, to: self.shown.clone() };
        Code::draw(app, caller, login, (Way::Email, &receiver, self.subject.clone()), purpose, now)
    }
}

/// The factor as it is kept.
pub(crate) fn factor(id: String) -> second_factors::New {
    second_factors::New { factor: Factor::Email.as_str(), id, sealed: None, subject: None }
}
