//! Access tokens that live on while they are used.

use crate::access::SignedIn;
use crate::access::sliding::{end, move_to};
use crate::{App, Result};
use doorward_model::time::Timestamp;

/// Moves the token's end to its whole life from now, where the tenant's tokens slide, and tells when it ends.
pub async fn slide(app: &App, signed_in: &SignedIn) -> Result<Timestamp> {
    let until = end(&signed_in.caller, &signed_in.session, app.now());
    move_to(app, &signed_in.caller, &signed_in.session, until).await?;
    Ok(until.max(signed_in.session.access_expires_at))
}
