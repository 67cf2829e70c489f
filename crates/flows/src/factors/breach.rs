//! Passwords that were stolen elsewhere: looked up in the shipped list, then in those the operator has added.

use crate::{App, Result};
use doorward_model::password::{Password, Policy};
use doorward_model::reason::Reason;

/// What the lists know of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is on one of them.
    Breached,
    /// It is on none.
    Clear,
    /// It is on none that could be asked; another one gave no answer.
    Unknown,
}

/// Looks a password up. Whoever tells nothing now is skipped, and the log says so: an outage must not keep people out.
pub(crate) async fn standing(app: &App, password: &Password) -> Standing {
    if password.is_known_leaked() { Standing::Breached } else { standing_elsewhere(app, password).await }
}

/// The same without the shipped list.
pub(crate) async fn standing_elsewhere(app: &App, password: &Password) -> Standing {
    let mut standing = Standing::Clear;
    let sha1 = password.sha1();
    for list in &app.outside.breach_lists {
        match list.holds(&sha1).await {
            Ok(true) => return Standing::Breached,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "a list of stolen passwords was skipped");
                standing = Standing::Unknown;
            }
        }
    }
    standing
}

/// Refuses (1315) a password for a new account that is on a list, where the tenant wants that.
pub(crate) async fn refuse_at_registration(app: &App, policy: &Policy, password: &Password) -> Result<()> {
    refuse(app, policy.breached.register, password).await
}

/// Refuses (1315) a password that is to replace another and is on a list, where the tenant wants that.
pub(crate) async fn refuse_at_change(app: &App, policy: &Policy, password: &Password) -> Result<()> {
    refuse(app, policy.breached.change, password).await
}

async fn refuse(app: &App, wanted: bool, password: &Password) -> Result<()> {
    if wanted && standing(app, password).await == Standing::Breached {
        return Err(Reason::NewPasswordBreached.into());
    }
    Ok(())
}
