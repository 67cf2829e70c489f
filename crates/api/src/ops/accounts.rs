//! What the back end does with accounts.

use crate::routes::Routes;

mod account;
mod details;
mod import;
mod multipurpose;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([account::routes(), details::routes(), multipurpose::routes(), import::routes()])
}
