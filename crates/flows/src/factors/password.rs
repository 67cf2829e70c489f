//! Passwords: what a new one is held against, and what follows when it takes the place of another.

use super::breach;
use crate::access::Caller;
use crate::app::Tenant;
use crate::notify::{Notices, Template};
use crate::profile::facts;
use crate::{App, Result, limits};
use doorward_model::id::Uid;
use doorward_model::password::Password;
use doorward_model::refusal::Refusal;
use doorward_model::time::Timestamp;
use doorward_store::identifiers::{self, Identifier};
use doorward_store::{Tx, passwords};

/// What a new password is held against.
pub(crate) struct Former {
    hashes: Vec<String>,
    values: Vec<String>,
    identifiers: Vec<Identifier>,
}

impl Former {
    pub(crate) fn load(tx: &mut Tx, caller: &Caller, uid: &Uid) -> Result<Former> {
        let (tenant, history) = (caller.tenant_id(), i64::from(caller.settings().password.history));
        Ok(Former {
            hashes: passwords::known(tx, tenant, uid, history)?,
            values: facts::values(tx, tenant, uid)?,
            identifiers: identifiers::list(tx, tenant, uid)?,
        })
    }

    /// The hash of a password whose form was accepted; 1216 when a value of the profile is in it, 1315 when it is on a
    /// list of stolen ones, 1134 when it was used before.
    pub(crate) async fn accept(&self, app: &App, caller: &Caller, password: Password) -> Result<String> {
        let policy = &caller.settings().password;
        password.check_profile(policy, self.values.iter().map(String::as_str))?;
        breach::refuse_at_change(app, policy, &password).await?;
        if app.is_known_password(&password, self.hashes.clone()).await? {
            return Err(Refusal::invalid("password", "This password was used before; choose one that is new.").into());
        }
        app.hash_password(password).await
    }

    /// A password that was accepted, by its hash, with what tells the owner by every proved channel that it was changed.
    pub(crate) fn accepted(&self, app: &App, caller: &Caller, hash: String, now: Timestamp) -> Result<Accepted> {
        let notices = Notices::prepare(app, caller, Template::PasswordChanged, &self.identifiers, now)?;
        Ok(Accepted { hash, notices })
    }

    /// The hash of the password that the account has, if it has one.
    pub(crate) fn present(&self) -> Option<&String> {
        self.hashes.first()
    }
}

/// Sets an account's password and forgets what was known of the one before; which sessions end is the caller's to say.
pub(crate) fn renew(tx: &mut Tx, tenant: &Tenant, uid: &Uid, hash: &str, now: Timestamp) -> Result<()> {
    passwords::set(tx, &tenant.id, uid, hash, i64::from(tenant.settings.password.history), now)?;
    facts::forget_password_facts(tx, &tenant.id, uid, now)
}

/// An accepted password with what follows from it; which sessions end is the caller's to say.
pub(crate) struct Accepted {
    hash: String,
    notices: Notices,
}

impl Accepted {
    /// Sets the password, lifts the locks that wrong passwords tripped and queues the notices.
    pub(crate) fn set(&self, tx: &mut Tx, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<()> {
        let tenant = &caller.tenant;
        renew(tx, tenant, uid, &self.hash, now)?;
        limits::clear_password(tx, tenant, uid)?;
        self.notices.queue(tx, &tenant.id, now)
    }
}
