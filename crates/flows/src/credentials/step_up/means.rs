//! What somebody signed in may prove themselves with.

use crate::access::SignedIn;
use crate::credentials::mfa;
use crate::factors::mfa::Factor;
use crate::profile::mailbox::{addresses, stands_for_account};
use crate::profile::{account, facts};
use crate::{App, Result};
use doorward_model::identifier::Phone;
use doorward_model::security_question::SecurityQuestion;
use doorward_store::passwords;

/// What counts as a recent proof, where the tenant has step-up at all.
#[derive(Debug, Default)]
pub struct Offer {
    /// The second factors that the person has; without any, password, PIN and addresses are enough.
    pub factors: Vec<Factor>,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether there is a PIN.
    pub has_pin: bool,
    /// Whether there are backup codes, used or not.
    pub has_backup_codes: bool,
    /// The second phone.
    pub phone: Option<Phone>,
    /// The addresses that codes may go to.
    pub addresses: Vec<String>,
    /// The questions that are asked as a second factor.
    pub questions: Vec<SecurityQuestion>,
}

/// Reads it; nothing is sent. It is empty where the tenant has no step-up: then signing in again is the way.
pub async fn offered(app: &App, signed_in: &SignedIn) -> Result<Offer> {
    let settings = signed_in.caller.settings();
    if !settings.step_up {
        return Ok(Offer::default());
    }
    let (tenant, uid) = (signed_in.caller.tenant.clone(), signed_in.session.uid.clone());
    let (has_password, has_pin) = app
        .read(move |tx| Ok((passwords::current(tx, &tenant.id, &uid)?.is_some(), facts::is_set(tx, &tenant, &uid)?)))
        .await?;
    let held = account::identifiers(app, signed_in).await?;
    let fit = addresses(&held).filter(|one| stands_for_account(one, &held));
    let addresses = fit.map(|one| one.shown.clone()).collect();
    let plain = Offer { has_password, has_pin, addresses, ..Offer::default() };
    if !settings.second_factor.enabled {
        return Ok(plain);
    }
    let shown = mfa::own_factors(app, signed_in).await?;
    let has_codes = settings.second_factor.backup_codes && mfa::backup_codes_left(app, signed_in).await?.is_some();
    Ok(Offer {
        has_backup_codes: has_codes && !shown.verified.is_empty(),
        phone: shown.phone.as_deref().map(Phone::parse).transpose()?,
        factors: shown.verified,
        questions: shown.questions,
        ..plain
    })
}
