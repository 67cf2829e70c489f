//! A person and their account.

use crate::routes::Routes;

mod deletion;
mod email;
mod phone;
mod profile;
mod username;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([profile::routes(), email::routes(), phone::routes(), username::routes(), deletion::routes()])
}
