//! An account in hand: kept from changing, and refused where it may not be used.

use crate::access::{self, SignedIn};
use crate::app::Tenant;
use crate::{App, Result};
use doorward_model::id::{TenantId, Uid};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::settings::EmailVerification;
use doorward_store::Tx;
use doorward_store::accounts::{self, Account};
use doorward_store::identifiers::{self, Identifier, Kind, Owner};

/// The account, kept from changing until the transaction ends; refused (991, 966) when it was closed or deleted since
/// the token was looked at.
pub(crate) fn lock(tx: &mut Tx, tenant: &TenantId, uid: &Uid) -> Result<Account> {
    let account = accounts::lock(tx, tenant, uid)?;
    match account {
        Some(account) if account.is_active => Ok(account),
        _ => Err(refuse_state(accounts::state(tx, tenant, uid)?).into()),
    }
}

/// 90006 unless the person proved who they are within the last ten minutes. Asked before whatever would let a thief of the
/// token keep the account, or take it for good.
pub(crate) fn require_recent(app: &App, signed_in: &SignedIn) -> Result<(), Reason> {
    let is_recent = access::is_recent(&signed_in.session, app.now());
    is_recent.then_some(()).ok_or(Reason::RecentAuthenticationNeeded)
}

/// What the person signs in with.
pub(crate) async fn identifiers(app: &App, signed_in: &SignedIn) -> Result<Vec<Identifier>> {
    let (tenant, uid) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone());
    app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await
}

/// Why an account with an identifier that was never proved does not sign in.
pub(crate) fn unproved(tx: &mut Tx, tenant: &Tenant, kind: Kind, owner: &Owner) -> Result<Option<Reason>> {
    let needs_email = tenant.settings.email_verification == EmailVerification::Required;
    Ok(match kind {
        Kind::Phone if owner.verified_at.is_none() => Some(Reason::PhoneNotVerified),
        Kind::Email if owner.verified_at.is_none() && needs_email => Some(Reason::EmailNotVerified),
        // A user name proves nothing: whoever registered it with an address has to prove that first.
        Kind::Username if needs_email => {
            let held = identifiers::list(tx, &tenant.id, &owner.uid)?;
            let mut emails = held.iter().filter(|one| one.kind == Kind::Email.as_str()).peekable();
            let waits = emails.peek().is_some() && emails.all(|email| email.verified_at.is_none());
            waits.then_some(Reason::EmailNotVerified)
        }
        Kind::Phone | Kind::Email | Kind::Username => None,
    })
}

/// The refusal of an account that may not be used, told only to somebody who proved the right credential.
pub(crate) fn refuse_state(state: Option<accounts::State>) -> Refusal {
    match state {
        Some(state) if !state.is_active => Reason::AccountBlocked.into(),
        Some(_) => Reason::LoginDisabledForAccount.into(),
        None => Reason::CredentialsInvalid.into(),
    }
}
