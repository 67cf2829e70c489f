//! The login that waits for its second factor.

use super::pending::Login;
use super::{BY_ANSWERS, Factor, Standing, Waiting, authenticator, email};
use crate::access::Caller;
use crate::profile::Facts;
use crate::{App, Result, session};
use doorward_model::id::Uid;
use doorward_model::keys::{Digest, Keys, Purpose};
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, accounts, mfa_transactions};
use std::sync::Arc;

/// How many logins of one account may wait at once.
const MOST_LIVE: i64 = 5;

/// The token of a login that may have to wait, drawn before the database transaction that finds out.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    token: Secret,
    new: mfa_transactions::New,
    refused: bool,
    keys: Arc<Keys>,
}

/// What follows a proved first factor.
pub(crate) enum Next {
    /// The session.
    SignIn,
    /// The second factor.
    Wait(Waiting),
    /// Nothing: there is no factor that could be asked for, or the account may not sign in.
    Refuse(Refusal),
}

impl Ticket {
    /// Draws a token for this visitor; none where the tenant has no second factors.
    pub(crate) fn draw(app: &App, caller: &Caller, now: Timestamp) -> Option<Ticket> {
        let switches = &caller.settings().second_factor;
        if !switches.enabled {
            return None;
        }
        let token = Secret::new(app.guid());
        let id = app.guid();
        let new = mfa_transactions::New {
            token: app.keys.digest(Purpose::SecondFactorToken, caller.tenant_id(), token.expose()),
            authenticator: Some(authenticator::draw(app, caller.tenant_id(), &id)),
            id,
            first_factor: "password",
            spent: None,
            expires_at: now.plus(switches.token_life()),
            ip: caller.visit.ip.to_string(),
            user_agent: session::clip(&caller.visit),
            remembered: false,
        };
        Some(Ticket { token, new, refused: false, keys: app.keys.clone() })
    }

    /// The same after another first factor than the password, which was sent to `spent` if it was sent anywhere.
    pub(crate) fn after(mut self, first_factor: &'static str, spent: Option<Digest>) -> Ticket {
        self.new.first_factor = first_factor;
        self.new.spent = spent;
        self
    }

    /// The same for a client that knows no second step: where one is due, it is refused.
    pub(crate) fn refused(mut self) -> Ticket {
        self.refused = true;
        self
    }

    /// Opens the pending login if the account needs a second factor.
    ///
    /// Required: everybody needs one; who has none sets one up. Optional: who has one needs it, unless the account's own
    /// switch is off.
    pub(crate) fn next(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        uid: &Uid,
        remembered: bool,
        now: Timestamp,
    ) -> Result<Next> {
        let (settings, tenant) = (caller.settings(), caller.tenant_id());
        let required = settings.second_factor.required;
        let standing = Standing::load(tx, tenant, uid)?;
        let owned = standing.usable(settings);
        if owned.is_empty() && !required {
            return Ok(Next::SignIn);
        }
        let account = match accounts::lock(tx, tenant, uid)? {
            Some(account) if account.is_active && !account.login_disabled => account,
            _ => return Ok(Next::Refuse(session::refuse_state(accounts::state(tx, tenant, uid)?))),
        };
        if !required && account.facts.parse::<Facts>()?.second_factor == Some(false) {
            return Ok(Next::SignIn);
        }
        let first = (self.new.first_factor, self.new.spent.as_ref());
        let usable = usable(&self.keys, tx, caller, (uid, &standing), first)?;
        if usable.is_empty() && !owned.is_empty() {
            return Ok(Next::Refuse(Reason::MfaNotConfiguredOnProfile.into()));
        }
        if Factor::offered(settings).next().is_none() {
            return Ok(Next::Refuse(Reason::MfaNotConfigured.into()));
        }
        if self.refused {
            return Ok(Next::Refuse(Reason::MfaRequired.into()));
        }
        let mut new = mfa_transactions::New { remembered, ..self.new.clone() };
        // Who has a factor proves that one: a password thief must not be told the key of another.
        if !usable.is_empty() || !Factor::Authenticator.is_offered(settings) {
            new.authenticator = None;
        }
        mfa_transactions::open(tx, tenant, uid, &new, MOST_LIVE, now)?;
        let login = Login {
            uid: uid.clone(),
            id: new.id,
            first_factor: new.first_factor.to_owned(),
            spent: new.spent,
            authenticator: new.authenticator,
            standing,
            usable,
        };
        Ok(Next::Wait(Waiting::new(self.token.clone(), new.token, new.expires_at, login)))
    }
}

/// The factors that may complete a login after its first one, which was sent to `spent` if it was sent anywhere.
pub(super) fn usable(
    keys: &Keys,
    tx: &mut Tx,
    caller: &Caller,
    (uid, standing): (&Uid, &Standing),
    (first_factor, spent): (&str, Option<&Digest>),
) -> Result<Vec<Factor>> {
    let mut usable = standing.usable_after(keys, caller, (first_factor, spent))?;
    if usable.contains(&Factor::Email) {
        let left = email::mailboxes(tx, keys, caller.tenant_id(), uid, spent)?;
        usable.retain(|factor| *factor != Factor::Email || !left.is_empty());
    }
    usable.retain(|factor| *factor != Factor::SecurityQuestion || first_factor != BY_ANSWERS);
    Ok(usable)
}
