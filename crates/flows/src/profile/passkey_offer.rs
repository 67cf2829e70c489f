//! Whether somebody is offered a passkey when they sign in, and that they want none for now.

use super::body::member;
use super::identifiers::address;
use crate::Result;
use crate::app::Tenant;
use doorward_model::profile::{AccountDocument, PasskeyOffer};
use doorward_model::time::{Span, Timestamp};
use doorward_store::accounts::Account;
use doorward_store::identifiers::Identifier;
use doorward_store::passkeys::{self, Purpose};
use doorward_store::{Json, Tx};
use serde_json::{Map, Value};

/// What the profile says of it; `None` where the tenant offers none.
pub(crate) fn offer(
    tx: &mut Tx,
    tenant: &Tenant,
    account: &Account,
    held: &[Identifier],
    now: Timestamp,
) -> Result<Option<PasskeyOffer>> {
    let settings = &tenant.settings.passkeys;
    if !settings.enabled || !(settings.progressive_enrollment || settings.local_enrollment) {
        return Ok(None);
    }
    let may = settings.progressive_enrollment && address(held).is_ok() && is_due(account, now)?;
    let progressive = may && !passkeys::has(tx, &tenant.id, &account.uid, Purpose::Login)?;
    Ok(Some(PasskeyOffer { progressive, local: false }))
}

/// True unless the person said not long ago that they want none.
fn is_due(account: &Account, now: Timestamp) -> Result<bool> {
    let next = document(account)?.passkey_login.and_then(|known| known.progressive_enrollment_date);
    Ok(next.and_then(|date| Timestamp::parse(&date)).is_none_or(|next| next <= now))
}

fn document(account: &Account) -> Result<AccountDocument> {
    Ok(AccountDocument::from_stored(account.document.as_str()).map_err(anyhow::Error::from)?)
}

/// True when a change of the profile says that no passkey is wanted for now (`PasskeyLogin.Skipped`).
pub(crate) fn is_skipped(tenant: &Tenant, body: &Map<String, Value>) -> bool {
    let said = member(body, "PasskeyLogin").and_then(Value::as_object);
    tenant.settings.passkeys.enabled && said.and_then(|said| member(said, "Skipped")) == Some(&Value::Bool(true))
}

/// Puts the next offer off, by as many days as the tenant says; the caller stores the account.
pub(crate) fn skip(tenant: &Tenant, account: &mut Account, now: Timestamp) -> Result<()> {
    let next = now.plus(Span::days(tenant.settings.passkeys.progressive_enrollment_delay));
    let mut document = document(account)?;
    document.passkey_login.get_or_insert_default().progressive_enrollment_date = Some(next.to_wire());
    account.document = Json::from_text(document.to_stored());
    Ok(())
}
