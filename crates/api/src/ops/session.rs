//! What a login handed out: told, renewed, ended.

use crate::routes::Routes;

mod native;
mod tokens;

/// The operations of this group.
pub(super) fn routes() -> Routes {
    Routes::all([tokens::routes(), native::routes()])
}
