//! The table of contents: every group of operations, merged.

use crate::routes::Routes;

mod account;
mod account_details;
mod bulk;
mod configuration;
mod deletion;
mod email;
mod login;
mod multipurpose;
mod native_session;
mod password;
mod password_policy;
mod phone;
mod profile;
mod registration;
mod session;
mod sott;
mod username;
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
        password_policy::routes(),
        session::routes(),
        profile::routes(),
        username::routes(),
        deletion::routes(),
        account::routes(),
        account_details::routes(),
        native_session::routes(),
        multipurpose::routes(),
        bulk::routes(),
    ])
}
