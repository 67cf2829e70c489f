//! The table of contents: every group of operations, by the words of `flows`, merged.
//!
//! A group uses `answers`, `caller` and `wire`, no other group.

use crate::routes::Routes;

mod accounts;
pub(crate) mod answers;
mod configuration;
mod credentials;
mod own;
mod registration;
mod session;
mod sign_in;

/// All operations that are served.
pub(crate) fn routes() -> Routes {
    Routes::all([
        configuration::routes(),
        registration::routes(),
        sign_in::routes(),
        credentials::routes(),
        own::routes(),
        session::routes(),
        accounts::routes(),
    ])
}
