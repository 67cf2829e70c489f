//! Password, PIN, passkeys, second factors and security questions: set, used, changed, lost.

use crate::routes::Routes;

mod mfa;
mod passkey;
mod password;
mod pin;
mod security_question;
mod step_up;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([
        mfa::routes(),
        passkey::routes(),
        password::routes(),
        security_question::routes(),
        pin::routes(),
        step_up::routes(),
    ])
}
