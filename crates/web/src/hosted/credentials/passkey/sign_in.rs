//! Signing in with a passkey, from the form of the sign-in page.

use crate::hosted::here::ceremony::{get, given};
use crate::hosted::here::{Here, Name, Posted, Step, sign_in_form};
use axum::response::Response;
use doorward_flows::credentials::passkeys::{
    PasskeyLogin, begin_autofill_passkey_login, begin_passkey_login, finish_autofill_passkey_login,
    finish_passkey_login,
};
use doorward_flows::factors::release::Release;
use doorward_flows::session::Login;
use doorward_flows::{Error, Result};
use doorward_model::reason::Reason;
use doorward_model::settings::PasskeySelection;

/// Asks for a passkey of whom was named; of nobody in particular where no name was typed and suggestions are allowed.
pub(super) async fn begin(posted: Posted) -> Response {
    let name = posted.text("identifier").to_owned();
    let here = posted.here;
    if !name.is_empty() {
        return get(&here, begin_passkey_login(&here.app, &here.caller, &name).await, "sign-in/passkey");
    }
    if here.settings().passkeys.selection == PasskeySelection::Button {
        return get(&here, Err(Reason::ParameterInvalid.into()), "sign-in/passkey");
    }
    begin_any(here).await
}

/// Asks for whichever passkey there is.
pub(super) async fn suggest(Posted { here, .. }: Posted) -> Response {
    begin_any(here).await
}

async fn begin_any(here: Here) -> Response {
    get(&here, begin_autofill_passkey_login(&here.app, &here.caller).await, "sign-in/passkey/any")
}

/// Whose passkey was asked for.
enum Asked {
    Named,
    Any,
}

/// Signs in whom was named.
pub(super) async fn finish(posted: Posted) -> Response {
    submit(posted, Asked::Named).await
}

/// Signs in whomever the passkey belongs to.
pub(super) async fn finish_any(posted: Posted) -> Response {
    submit(posted, Asked::Any).await
}

async fn submit(posted: Posted, asked: Asked) -> Response {
    let name = Name::read(posted.text("identifier"), posted.here.settings());
    let login = login(&posted, asked).await;
    let here = posted.here;
    let is_unproved = matches!(&login, Err(Error::Refused(refusal)) if refusal.reason == Reason::EmailNotVerified);
    if is_unproved && matches!(name, Name::Email(_)) && !name.text().is_empty() {
        return here.begin(Step::Verify(name), "verify");
    }
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(sign_in_form(&here, name.text()).trouble(&trouble)),
    }
}

async fn login(posted: &Posted, asked: Asked) -> Result<Login> {
    let (here, given, release) = (&posted.here, given(posted)?, Release::default());
    let link = here.link("verify-link");
    let login = PasskeyLogin { given: &given, verification_url: Some(&link), release: &release };
    match asked {
        Asked::Named => finish_passkey_login(&here.app, &here.caller, login).await,
        Asked::Any => finish_autofill_passkey_login(&here.app, &here.caller, login).await,
    }
}
