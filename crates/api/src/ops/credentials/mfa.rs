//! Second factors: set up, proved at sign-in, looked after by their owner and the back end.

use crate::routes::Routes;

mod authenticator;
mod backup_codes;
mod email;
mod passkey;
mod questions;
mod sms;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([
        sms::routes(),
        authenticator::routes(),
        backup_codes::routes(),
        email::routes(),
        questions::routes(),
        passkey::routes(),
    ])
}
