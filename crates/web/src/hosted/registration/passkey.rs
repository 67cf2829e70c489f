//! Registering with a passkey, from the form that asks for an address.

use super::register::{self, By};
use crate::hosted::here::ceremony::{create, given};
use crate::hosted::here::{Name, Posted, Step};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::credentials::passkeys::{Joining, begin_passkey_registration, finish_passkey_registration};
use doorward_flows::notify::Voice;
use doorward_flows::registration::Wishes;
use doorward_flows::session::Login;
use doorward_model::identifier::Email;

/// Asks for the passkey of the address that was typed.
pub(super) async fn begin(posted: Posted) -> Response {
    let here = &posted.here;
    let creation = match Email::parse(posted.text("email")) {
        Ok(email) => begin_passkey_registration(&here.app, &here.caller, &email).await,
        Err(reason) => Err(reason.into()),
    };
    create(here, creation, "register/passkey")
}

/// Registers.
pub(super) async fn finish(posted: Posted) -> Response {
    let login = match join(&posted).await {
        Ok(Some(login)) => Ok(login),
        Ok(None) => {
            let name = Name::Email(posted.text("email").to_owned());
            return posted.here.begin(Step::Verify(name), "verify");
        }
        Err(error) => Err(error),
    };
    register::follow(posted, By::Email, login).await
}

async fn join(posted: &Posted) -> Result<Option<Login>> {
    let (here, given) = (&posted.here, given(posted)?);
    let link = here.link("verify-link");
    let wishes = Wishes { verification_url: Some(&link), options: None, voice: Voice::No };
    let body = register::profile(posted, By::Email);
    finish_passkey_registration(&here.app, &here.caller, Joining { given: &given, body: &body, wishes }).await
}
