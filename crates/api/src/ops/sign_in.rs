//! The ways in that are no credential's own.

use crate::routes::Routes;

mod login;
mod one_touch;
mod passwordless;
mod sign_in_code;
mod smart_login;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([
        login::routes(),
        passwordless::routes(),
        one_touch::routes(),
        smart_login::routes(),
        sign_in_code::routes(),
    ])
}
