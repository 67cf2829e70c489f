//! What a tenant is set to, and what an application may know of it.

use crate::routes::Routes;

mod application;
mod password_policy;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([application::routes(), password_policy::routes()])
}
