//! Codes of an authenticator app.

use super::waiting::{Waiting, WaitingPosted};
use super::way::{LOGIN, OWN, Occasion, Way};
use super::{backup_codes, own};
use crate::hosted::here::{Here, OwnPosted, Recent, refuse};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::mfa::{get_mfa_settings, verify_totp_by_mfa_token, verify2fa_totp_auth};
use doorward_flows::factors::mfa::Setup;
use serde_json::json;

/// Asks for the code that the app shows.
pub(crate) fn code_form<'a>(here: &'a Here, occasion: &Occasion) -> Sheet<'a> {
    let sheet = here.sheet("factor-app").form("factor-app", &occasion.page("authenticator"));
    sheet.field("code", Kind::Code, "")
}

/// Tells the key, and asks for the first code.
fn key_form<'a>(here: &'a Here, occasion: &Occasion, setup: &Setup) -> Sheet<'a> {
    let sheet = here.sheet("factor-app-new").key(setup);
    sheet.form("factor-app-new", &occasion.page("authenticator")).field("code", Kind::Code, "")
}

fn form(at: &Waiting) -> Sheet<'_> {
    at.close(match &at.login.factors.authenticator {
        Some(setup) => key_form(&at.here, &LOGIN, setup),
        None => code_form(&at.here, &LOGIN),
    })
}

pub(super) async fn page(at: Waiting) -> Response {
    if at.ways().contains(&Way::Authenticator) { at.here.show(form(&at)) } else { at.here.go("second-factor") }
}

pub(super) async fn submit(sent: WaitingPosted) -> Response {
    let (code, at) = (sent.posted.fields.secret("code"), sent.waiting());
    let login = verify_totp_by_mfa_token(&at.here.app, &at.here.caller, &at.token, &code, &json!({})).await;
    backup_codes::arrive(at, login, form).await
}

/// The key for somebody signed in; whoever has an app already removes that first.
pub(super) async fn own_page(Recent { here, signed_in }: Recent) -> Response {
    match own_setup(&here, &signed_in).await {
        Ok(Some(setup)) => here.show(own_form(&here, Some(&setup))),
        Ok(None) => here.go("account"),
        Err(error) => here.show(own_form(&here, None).trouble(&Trouble::of(error))),
    }
}

async fn own_setup(here: &Here, signed_in: &SignedIn) -> Result<Option<Setup>> {
    Ok(get_mfa_settings(&here.app, signed_in).await?.authenticator)
}

fn own_form<'a>(here: &'a Here, setup: Option<&Setup>) -> Sheet<'a> {
    let sheet = match setup {
        Some(setup) => key_form(here, &OWN, setup),
        None => here.sheet("factor-app-new"),
    };
    OWN.close(sheet, &[])
}

pub(super) async fn own_submit(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (code, here) = (posted.fields.secret("code"), posted.here);
    match verify2fa_totp_auth(&here.app, &signed_in, &code).await {
        Ok(_) => own::added(here, &signed_in).await,
        Err(error) => {
            let setup = own_setup(&here, &signed_in).await.ok().flatten();
            refuse(here, error, &OWN.page("authenticator"), |here| own_form(here, setup.as_ref()))
        }
    }
}
