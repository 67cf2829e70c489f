//! How somebody becomes an account.

use crate::routes::Routes;

mod register;
mod sott;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([sott::routes(), register::routes()])
}
