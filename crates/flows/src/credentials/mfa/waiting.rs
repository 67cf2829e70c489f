//! A login that waits for its second factor, looked at again between its steps.

use crate::access::Caller;
use crate::factors::mfa::codes::{self, Way};
use crate::factors::mfa::held::{Held, find};
use crate::factors::mfa::pending::{look_again, usable};
use crate::factors::mfa::{Shown, sms};
use crate::{App, Result, challenge};
use doorward_model::identifier::{Email, Phone};
use doorward_model::secret::Secret;
use doorward_store::backup_codes;
use doorward_store::identifiers::Kind;

/// A login that waits, looked at again between its steps. Nothing in it is for people but what `factors` shows.
#[derive(Debug)]
pub struct Open {
    /// What there is to prove it with, as its own answer showed it.
    pub factors: Shown,
    /// The addresses that codes may go to, in the order in which they are shown.
    pub mailboxes: Vec<Email>,
    /// The number that a code went to.
    pub texted: Option<Phone>,
    /// The address that a code went to.
    pub mailed: Option<Email>,
    /// Whether the account was given backup codes that can complete the login.
    pub has_backup_codes: bool,
}

impl Open {
    /// Whether there is nothing to prove it with, so that the account's first factor is set up by it.
    pub fn sets_up(&self) -> bool {
        self.factors.verified.is_empty()
    }
}

/// The login that a token stands for, as it waits now; nothing is sent, and nothing is tried. 1103 and 1104 by the token,
/// 991, 1130 or 1198 by the account.
pub async fn waiting_login(app: &App, caller: &Caller, token: &Secret) -> Result<Open> {
    let (finder, within, token, now) = (app.clone(), caller.clone(), token.clone(), app.now());
    let (held, usable, has_backup_codes) = app
        .read(move |tx| {
            let held = find(&finder, tx, &within, &token, now)?;
            let login = held.transaction();
            let first = (login.first_factor.as_str(), login.spent.as_ref());
            let usable = usable(&finder.keys, tx, &within, (&login.uid, held.standing()), first)?;
            let is_offered = within.settings().second_factor.backup_codes;
            let has_codes = is_offered && backup_codes::exist(tx, within.tenant_id(), &login.uid)?;
            Ok((held, usable, has_codes))
        })
        .await?;
    let texted = texted(app, caller, &held).await?;
    let (tenant, token) = (caller.tenant.clone(), held.transaction().token.clone());
    let mailed = app.read(move |tx| codes::receiver(tx, &tenant.id, &token, Way::Email)).await?;
    let (shown, mailboxes) = look_again(app, caller, held, usable).await?;
    let is_mailed = |own: &&Email| {
        let subject = challenge::subject(&app.keys, caller.tenant_id(), Kind::Email, own.as_str());
        mailed.as_ref().is_some_and(|mailed| mailed.matches(&subject))
    };
    let mailed = mailboxes.iter().find(is_mailed).cloned();
    Ok(Open { factors: shown, mailboxes, texted, mailed, has_backup_codes })
}

/// The number that the login's code went to, if it is the one that codes go to.
async fn texted(app: &App, caller: &Caller, held: &Held) -> Result<Option<Phone>> {
    let Some((phone, subject)) = sms::receiver(app, caller, held)? else { return Ok(None) };
    let (tenant, token) = (caller.tenant.clone(), held.transaction().token.clone());
    let sent = app.read(move |tx| codes::receiver(tx, &tenant.id, &token, Way::Phone)).await?;
    Ok(sent.is_some_and(|sent| sent.matches(&subject)).then_some(phone))
}
