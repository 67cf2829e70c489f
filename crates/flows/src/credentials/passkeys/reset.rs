//! Lost passkeys: the link that lets somebody make a new one.

use super::owned::notices;
use crate::access::Caller;
use crate::challenge::{Form, Link, Redeemed, Sending, link_base};
use crate::factors::passkey::relying_party::Flaw;
use crate::factors::passkey::{Creation, Drawn, Given, Made, RelyingParty, require_passkeys};
use crate::limits::{self, Kind as Counted, Subject, captcha};
use crate::profile::identifiers::{Named, Typed, address};
use crate::profile::{account, mailbox};
use crate::{App, Result, notify, session};
use doorward_model::id::Uid;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::{Span, Timestamp};
use doorward_store::challenges::Purpose as ChallengePurpose;
use doorward_store::identifiers::{self, Identifier};
use doorward_store::passkey_ceremonies::Kind;
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Tx, accounts};

/// How long the link works.
const LINK_LIFE: Span = Span::minutes(60);

/// Where the link leads when the request names no page and the tenant has no hosted ones: to what a page would ask first.
const OWN_PAGE: &str = "/identity/v2/auth/passkey/reset/begin";

/// The hosted page that the link opens.
pub const RESET_PAGE: &str = "reset-passkey";

/// Sends the link that lets somebody make a new passkey in place of those that sign them in, if the address is a proved
/// one of an account that has such. Answers the same, after the same work, if not. The page for the link must be one of
/// the tenant's (1329); 1122 when the address had its messages for a while, 982 where the like for a password takes a captcha and
/// the answer is not right.
pub async fn passkey_forgot(
    app: &App,
    caller: &Caller,
    email: &str,
    page: Option<&str>,
    captcha: Option<&captcha::Response>,
) -> Result<()> {
    require_passkeys(caller)?;
    let hosted = format!("{}{}/{RESET_PAGE}", app.public_url, caller.tenant.pages());
    let hosted = caller.settings().hosted_pages.enabled.then_some(hosted.as_str());
    let page = page.filter(|page| !page.trim().is_empty()).or(hosted);
    let base = link_base(app, caller, page, OWN_PAGE, Reason::ResetPasskeyUrlInvalid)?;
    let form = Form::Link { base, vtype: "resetpasskey", life: LINK_LIFE };
    let typed = Typed { email: Some(email.to_owned()), ..Typed::default() };
    let (named, now): (Named, _) = (typed.name_for_mail()?, app.now());
    captcha::require(caller, |apis| apis.post_forgot_password_by_email, captcha)?;
    let mailbox = mailbox::find(app, caller, &named, is_proved).await?;
    let to = (mailbox.subject, mailbox.to.as_str());
    let sending = Sending::to_mailbox(app, caller, ChallengePurpose::ResetPasskey, to, &form, now)?;
    let within = caller.clone();
    app.write(move |tx| {
        let uid = mailbox.uid.clone().unwrap_or_else(|| Uid::new(""));
        let has_one = passkeys::has(tx, within.tenant_id(), &uid, Purpose::Login)?;
        let issued = sending.issue(tx, &within, has_one.then_some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::EmailLimitReached))
    })
    .await??;
    app.wake.notify_one();
    Ok(())
}

/// An address that may open the account whatever else the account holds.
fn is_proved(address: &Identifier, _: &[Identifier]) -> bool {
    address.verified_at.is_some()
}

/// Asks for the new passkey; the link stays as it is. 973, 974 or 975 when the link is unknown, used or too old.
pub async fn begin_passkey_reset(app: &App, caller: &Caller, token: &Secret) -> Result<Creation> {
    require_passkeys(caller)?;
    let relying_party = RelyingParty::of(caller)?;
    let now = app.now();
    let link = Link::new(app, caller, ChallengePurpose::ResetPasskey, token);
    let drawn = Drawn::draw(app, caller, Kind::Reset, now).bound_to(link.digest());
    let (opener, within) = (app.clone(), caller.clone());
    app.write(move |tx| {
        let found = open(&opener, tx, &within, &link, now)?;
        let tenant = within.tenant_id();
        let name = address(&identifiers::list(tx, tenant, &found.uid)?)?;
        let mut held = passkeys::list(tx, tenant, &found.uid)?;
        // Those that sign in are about to go: their authenticator may make the new one.
        held.retain(|passkey| passkey.purpose != Purpose::Login.as_str());
        let drawn = drawn.clone().about(Some(&found.uid));
        drawn.begin(tx, &within, now)?;
        Ok(relying_party.creation(&drawn, &found.uid, &name, &held))
    })
    .await
}

/// Puts the new passkey in place of those that sign the person in, lifts the locks of failed sign-ins, ends what a new
/// password ends, and tells the owner; nobody is signed in by it. 1321 when the passkey is not what was asked for, which
/// leaves the link as it is.
pub async fn finish_passkey_reset(app: &App, caller: &Caller, token: &Secret, given: &Given) -> Result<()> {
    require_passkeys(caller)?;
    let now = app.now();
    let made = Made::judge(app, caller, Kind::Reset, given)?;
    let link = Link::new(app, caller, ChallengePurpose::ResetPasskey, token);
    let (opener, within, looked) = (app.clone(), caller.clone(), link.clone());
    let found = app.read(move |tx| open(&opener, tx, &within, &looked, now)).await?;
    let notices = notices(app, caller, &found.uid, now).await?;
    let (opener, within) = (app.clone(), caller.clone());
    let done: Result<Uid, Flaw> = app
        .write(move |tx| {
            let (tenant, settings) = (within.tenant_id(), within.settings());
            let found = open(&opener, tx, &within, &link, now)?;
            let uid = &found.uid;
            account::lock(tx, tenant, uid)?;
            if let Err(flaw) = made.take(tx, &within, uid, Some(link.digest()), now)? {
                return Ok(Err(flaw));
            }
            if !link.consume(tx, tenant, &found, now)? {
                return Err(Reason::EmailLinkUsed.into());
            }
            let name = address(&identifiers::list(tx, tenant, uid)?)?;
            let _: bool = passkeys::remove_all(tx, tenant, uid, Purpose::Login)?;
            if let Err(flaw) = made.give(tx, &within, (uid, Purpose::Login), &name, now)? {
                // The former ones stay.
                return Err(flaw.refuse(&within, Some(uid)).into());
            }
            for kind in [Counted::Login, Counted::Reset] {
                limits::clear(tx, &within.tenant, &Subject::Account(uid.clone()), kind)?;
            }
            session::end_others(tx, settings, tenant, uid, now)?;
            notices.queue(tx, tenant, now)?;
            Ok(Ok(found.uid))
        })
        .await?;
    match done {
        Ok(uid) => {
            app.wake.notify_one();
            notify::event(caller, "ResetPasskey", Some(&uid));
            Ok(())
        }
        Err(flaw) => {
            app.velocity.count_failure(caller.visit.ip)?;
            Err(flaw.refuse(caller, Some(&found.uid)).into())
        }
    }
}

/// Whose link it is, if it is live, the address is still theirs and the account is open.
fn open(app: &App, tx: &mut Tx, caller: &Caller, link: &Link, now: Timestamp) -> Result<Redeemed> {
    let found = link.look(tx, caller.tenant_id(), now)??;
    if mailbox::held(app, tx, &caller.tenant, &found.uid, &found.subject, is_proved)?.is_none() {
        return Err(Reason::EmailLinkInvalid.into());
    }
    let state = accounts::state(tx, caller.tenant_id(), &found.uid)?;
    if !state.is_some_and(|state| state.is_active) {
        return Err(Refusal::from(Reason::EmailLinkInvalid).into());
    }
    Ok(found)
}
