//! Whether a right password still serves: how old it is, and whether it was stolen elsewhere.

use crate::access::Caller;
use crate::factors::breach::{self, Standing};
use crate::notify::{Notices, Template};
use crate::profile::facts;
use crate::{App, Result};
use doorward_model::id::Uid;
use doorward_model::password::{BreachedLogin, ExpiredLogin, Password};
use doorward_model::reason::Reason;
use doorward_model::time::Timestamp;
use doorward_store::{Tx, identifiers, passwords};

/// What the lists of stolen passwords say of a right one.
#[derive(Clone, Default)]
pub(super) struct Fitness {
    /// `None` when nobody looked, or nobody could tell.
    breached: Option<bool>,
    /// What tells the owner, where the tenant wants that.
    notices: Option<Notices>,
}

impl Fitness {
    /// Looks the password up; `leaked` is what the shipped list says.
    pub(super) async fn find(
        app: &App,
        caller: &Caller,
        uid: &Uid,
        password: &Password,
        leaked: bool,
        now: Timestamp,
    ) -> Result<Fitness> {
        let action = caller.settings().password.breached.login;
        if action == BreachedLogin::Off {
            return Ok(Fitness::default());
        }
        let standing = if leaked { Standing::Breached } else { breach::standing_elsewhere(app, password).await };
        let breached = match standing {
            Standing::Breached => Some(true),
            Standing::Clear => Some(false),
            Standing::Unknown => None,
        };
        let notices = if breached == Some(true) && action == BreachedLogin::Notify {
            let (tenant, uid) = (caller.tenant.clone(), uid.clone());
            let held = app.read(move |tx| Ok(identifiers::list(tx, &tenant.id, &uid)?)).await?;
            Some(Notices::prepare(app, caller, Template::PasswordBreached, &held, now)?)
        } else {
            None
        };
        Ok(Fitness { breached, notices })
    }

    /// True when there may be something to tell the owner.
    pub(super) fn tells(&self) -> bool {
        self.notices.is_some()
    }

    /// Notes what was found, tells the owner of a password that was not known as stolen before, and refuses what the
    /// tenant's rules refuse: 90001 for one that is too old, 1316 for a stolen one.
    pub(super) fn weigh(&self, tx: &mut Tx, caller: &Caller, uid: &Uid, now: Timestamp) -> Result<Option<Reason>> {
        let (tenant, policy) = (&caller.tenant, &caller.settings().password);
        let ages = policy.expiration > 0 && policy.expired_login == ExpiredLogin::Refuse;
        if self.breached.is_none() && !ages {
            return Ok(None);
        }
        let facts = facts::facts(tx, &tenant.id, uid)?;
        if let Some(breached) = self.breached.filter(|breached| *breached != facts.is_password_breached) {
            facts::note_breached(tx, &tenant.id, uid, breached, now)?;
            self.notices.iter().try_for_each(|notices| notices.queue(tx, &tenant.id, now))?;
        }
        if ages {
            let current = passwords::current(tx, &tenant.id, uid)?;
            if facts::expiry(tenant, &facts, current.as_ref()).is_some_and(|end| now >= end) {
                return Ok(Some(Reason::PasswordExpired));
            }
        }
        let must_change = self.breached == Some(true) && policy.breached.login == BreachedLogin::Change;
        Ok(must_change.then_some(Reason::PasswordBreachedMailSent))
    }
}
