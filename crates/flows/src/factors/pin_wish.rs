//! What somebody says of a PIN when they register or change their profile: this one, or none for now.

use super::pin::{self, Accepted, Former, Sealed, noted, require_pin, settings};
use crate::access::SignedIn;
use crate::app::Tenant;
use crate::profile::body::member;
use crate::profile::{account, facts, holdings};
use crate::{App, Result};
use doorward_model::id::TenantId;
use doorward_model::pin::Pin;
use doorward_model::profile::parts::document::PinNote;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::Tx;
use doorward_store::accounts::Account;
use serde_json::{Map, Value};

/// What a body says of the PIN.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    /// Nothing.
    Nothing,
    /// That the person wants none for now.
    Skip,
    /// Which it is to be.
    Set(Pin),
}

impl Wish {
    /// Reads `PINInfo`, else `PIN`; nothing is read where the tenant has no PINs. 1134 when the form breaks its rules,
    /// 1090 when a type is wrong.
    // Wire: both names are in use.
    pub(crate) fn read(tenant: &Tenant, body: &Map<String, Value>) -> Result<Wish, Refusal> {
        let settings = settings(tenant);
        let info = ["PINInfo", "PIN"].into_iter().find_map(|name| member(body, name));
        let info = match info.filter(|_| settings.enabled) {
            None => return Ok(Wish::Nothing),
            Some(Value::Object(info)) => info,
            Some(_) => return Err(Reason::PayloadInvalid.into()),
        };
        match member(info, "PIN") {
            // Clients send a whole profile back, and answers show a mask.
            Some(Value::String(text)) if !text.is_empty() && text != holdings::MASK => {
                let pin = Pin::new(Secret::new(text.as_str()));
                pin.check_form(&settings.configuration.rules)?;
                Ok(Wish::Set(pin))
            }
            None | Some(Value::String(_)) if member(info, "Skipped") == Some(&Value::Bool(true)) => Ok(Wish::Skip),
            None | Some(Value::String(_)) => Ok(Wish::Nothing),
            Some(_) => Err(Reason::PayloadInvalid.into()),
        }
    }

    /// What the profile of a new account says of it.
    pub(crate) fn note(&self, now: Timestamp) -> Option<PinNote> {
        let mut note = PinNote::default();
        match self {
            Wish::Nothing => return None,
            Wish::Skip => skipped(&mut note, now),
            Wish::Set(_) => noted(&mut note, now),
        }
        Some(note)
    }

    /// The PIN as it will be kept, if there is to be one.
    pub(crate) async fn seal(&self, app: &App, tenant: &TenantId) -> Result<Option<Sealed>> {
        match self {
            Wish::Set(pin) => Ok(Some(Sealed::make(app, tenant, pin).await?)),
            Wish::Nothing | Wish::Skip => Ok(None),
        }
    }
}

fn skipped(note: &mut PinNote, now: Timestamp) {
    note.skipped = Some(true);
    note.skipped_date = Some(now.to_wire());
}

/// A wish of somebody signed in, ready to be carried out.
#[derive(Clone)]
pub(crate) enum Choice {
    /// Everything stays.
    Nothing,
    /// None for now.
    Skip,
    /// The first PIN.
    Set(Accepted),
}

impl Choice {
    /// Prepares what a body wishes. 1234 for somebody who would do without a PIN where one is required; 1134 by the
    /// rules of PINs, and when there is a PIN: that is changed by whoever knows it; 90006 for a PIN of somebody who signed
    /// in long ago.
    pub(crate) async fn prepare(
        app: &App,
        signed_in: &SignedIn,
        body: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Choice> {
        let caller = &signed_in.caller;
        let pin = match Wish::read(&caller.tenant, body)? {
            Wish::Nothing => return Ok(Choice::Nothing),
            Wish::Skip if settings(&caller.tenant).configuration.required => return Err(Reason::PinMissing.into()),
            Wish::Skip => return Ok(Choice::Skip),
            Wish::Set(pin) => pin,
        };
        require_pin(caller)?;
        let (tenant, uid) = (caller.tenant.clone(), signed_in.session.uid.clone());
        let former = app.read(move |tx| Former::load(tx, &tenant.id, &uid)).await?;
        if former.stored().is_some() {
            return Err(has_one().into());
        }
        account::require_recent(app, signed_in)?;
        Ok(Choice::Set(former.accept(app, caller, &pin, now).await?))
    }

    /// Carries it out; the caller stores what is noted in `account`, which must be locked.
    pub(crate) fn carry_out(&self, tx: &mut Tx, tenant: &Tenant, account: &mut Account, now: Timestamp) -> Result<()> {
        match self {
            Choice::Nothing => Ok(()),
            Choice::Skip if facts::is_set(tx, tenant, &account.uid)? => Ok(()),
            Choice::Skip => pin::note(account, |note| skipped(note, now)),
            Choice::Set(accepted) if accepted.set(tx, &tenant.id, account, now)? => Ok(()),
            Choice::Set(_) => Err(has_one().into()),
        }
    }
}

fn has_one() -> Refusal {
    Refusal::invalid("pin", "There is a PIN; change it with the present one, or reset it.")
}
