//! The table of contents: every group of operations, merged.

use crate::routes::Routes;

mod account;
mod configuration;
mod email;
mod login;
mod password;
mod phone;
mod profile;
mod registration;
mod session;
mod sott;
mod wire;

/// All operations that are served.
pub(crate) fn routes() -> Routes {
    Routes::all([
        configuration::routes(),
        sott::routes(),
        registration::routes(),
        login::routes(),
        email::routes(),
        phone::routes(),
        password::routes(),
        session::routes(),
        profile::routes(),
        account::routes(),
    ])
}
