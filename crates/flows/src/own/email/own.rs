//! The signed-in person's own addresses.

use crate::access::SignedIn;
use crate::challenge::{self, Form, Posted, Sending};
use crate::notify::{self, Notices, Template};
use crate::profile::account;
use crate::profile::holdings::give_email;
use crate::profile::mailbox::{addresses, is_unproved};
use crate::registration::verification::{self, form};
use crate::{App, Result};
use doorward_model::identifier::Email;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::EmailVerification;
use doorward_store::challenges::{self, Purpose};
use doorward_store::identifiers::{self, Identifier, Kind};

/// More addresses than this nobody needs; each takes one away from everybody else.
const MOST: usize = 20;

/// Adds an address to the account, unproved, and sends the link or code that proves it; the owner is told.
///
/// Refused: 90006 when they signed in long ago, 936 when somebody has it, 1177 while none of the account's addresses is
/// proved, 1203 when there is a primary one already, 1249 by the page, 1122 when the address had its messages for a while.
pub async fn add_email(
    app: &App,
    signed_in: &SignedIn,
    email: &Email,
    label: Option<&str>,
    verification_url: Option<&str>,
) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    account::require_recent(app, signed_in)?;
    let form = form(app, caller, verification_url)?;
    let verifies = caller.settings().email_verification != EmailVerification::Disabled;
    let sending =
        verifies.then(|| Sending::to_email(app, caller, Purpose::VerifyEmail, email, &form, now)).transpose()?;
    let held = account::identifiers(app, signed_in).await?;
    let notices = Notices::prepare(app, caller, Template::SignInChanged, &held, now)?;

    let label = label.map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned);
    let (within, uid, email) = (caller.clone(), signed_in.session.uid.clone(), email.clone());
    app.write(move |tx| {
        let tenant = &within.tenant;
        account::lock(tx, &tenant.id, &uid)?;
        let held = identifiers::list(tx, &tenant.id, &uid)?;
        let label = label_of_next(&held, label.as_deref(), verifies)?;
        let position = identifiers::next_position(tx, &tenant.id, &uid)?;
        give_email(tx, tenant, &uid, &label, &email, position, None)?;
        if let Some(sending) = &sending
            && !sending.issue(tx, &within, Some(&uid), now)?
        {
            return Err(Reason::EmailLimitReached.into());
        }
        notices.queue(tx, &tenant.id, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "AddEmail", Some(&signed_in.session.uid));
    Ok(())
}

/// The type of an address that is about to be added, if it may be.
fn label_of_next(held: &[Identifier], label: Option<&str>, verifies: bool) -> Result<String, Refusal> {
    let is_first = addresses(held).next().is_none();
    if verifies && !is_first && addresses(held).all(|one| one.verified_at.is_none()) {
        return Err(Reason::NoVerifiedEmail.into());
    }
    if addresses(held).count() >= MOST {
        return Err(Refusal::invalid("email", format!("An account holds at most {MOST} addresses.")));
    }
    let label = label.unwrap_or(if is_first { "Primary" } else { "Secondary" });
    let is_primary = |label: &str| label.eq_ignore_ascii_case("Primary");
    if is_primary(label) && addresses(held).any(|one| is_primary(&one.label)) {
        return Err(Reason::PrimaryEmailNotUnique.into());
    }
    Ok(label.to_owned())
}

/// Takes an address away from the account, voids its codes and links, and tells the owner, there too. 90006 when they
/// signed in long ago, 1340 when the account has no such address, 1005 when it is the last one, or the last proved one.
pub async fn delete_email_by_access_token(app: &App, signed_in: &SignedIn, email: &Email) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    account::require_recent(app, signed_in)?;
    let held = account::identifiers(app, signed_in).await?;
    let notices = Notices::prepare(app, caller, Template::SignInChanged, &held, now)?.about(&signed_in.session.uid);
    let (tenant, uid, email) = (caller.tenant.clone(), signed_in.session.uid.clone(), email.clone());
    app.write(move |tx| {
        account::lock(tx, &tenant.id, &uid)?;
        let held = identifiers::list(tx, &tenant.id, &uid)?;
        let is_it = |one: &&Identifier| one.value == email.as_str();
        let Some(going) = addresses(&held).find(is_it) else { return Err(Reason::EmailNotOnProfile.into()) };
        let mut others = addresses(&held).filter(|one| !is_it(one)).peekable();
        let is_last = others.peek().is_none();
        if is_last || (going.verified_at.is_some() && others.all(|one| one.verified_at.is_none())) {
            return Err(Reason::LastEmailCannotBeRemoved.into());
        }
        if !identifiers::remove_one(tx, &tenant.id, &uid, Kind::Email, email.as_str())? {
            return Err(Reason::EmailNotOnProfile.into());
        }
        challenges::void_all(tx, &tenant.id, &uid, now)?;
        notices.queue(tx, &tenant.id, now)
    })
    .await?;
    app.wake.notify_one();
    notify::event(caller, "RemoveEmail", Some(&signed_in.session.uid));
    Ok(())
}

/// Sends the link or code that proves the person's first unproved address again. 1034 where addresses are not proved,
/// 1025 when there is none to prove, 1249 by the page, 1122 when the address had its messages for a while.
pub async fn send_email_verification(
    app: &App,
    signed_in: &SignedIn,
    verification_url: Option<&str>,
) -> Result<Posted> {
    let (caller, now) = (&signed_in.caller, app.now());
    verification::require_verification(caller)?;
    let form = form(app, caller, verification_url)?;
    let held = account::identifiers(app, signed_in).await?;
    let unproved = addresses(&held).find(|one| is_unproved(one, &held)).ok_or(Reason::EmailAlreadyVerified)?;
    let to = (challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, &unproved.value), unproved.shown.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::VerifyEmail, to, &form, now)?;
    let posted = sending.posted();
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        let issued = sending.reissue(tx, &within, Some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::EmailLimitReached)?)
    })
    .await?;
    app.wake.notify_one();
    Ok(posted)
}

/// Sends the welcome to the person's first proved address; 1039 when there is none, 1122 when it was sent as often as
/// the tenant allows.
pub async fn send_welcome_email(app: &App, signed_in: &SignedIn) -> Result<()> {
    let (caller, now) = (&signed_in.caller, app.now());
    let held = account::identifiers(app, signed_in).await?;
    let proved = addresses(&held).find(|one| one.verified_at.is_some()).ok_or(Reason::EmailProfileMissing)?;
    let to = (challenge::subject(&app.keys, &caller.tenant.id, Kind::Email, &proved.value), proved.shown.as_str());
    let sending = Sending::to_mailbox(app, caller, Purpose::Welcome, to, &Form::Greeting, now)?;
    let (within, uid) = (caller.clone(), signed_in.session.uid.clone());
    app.write(move |tx| {
        account::lock(tx, within.tenant_id(), &uid)?;
        let issued = sending.issue(tx, &within, Some(&uid), now)?;
        Ok(issued.then_some(()).ok_or(Reason::EmailLimitReached)?)
    })
    .await?;
    app.wake.notify_one();
    Ok(())
}
