//! Passkeys as a second factor.

use super::waiting::{Waiting, WaitingPosted};
use super::way::{LOGIN, OWN, Occasion, Way};
use super::{backup_codes, own};
use crate::hosted::here::ceremony::{create_factor, get, given};
use crate::hosted::here::{Here, OwnPosted, Recent, refuse};
use crate::hosted::sheet::Sheet;
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::credentials::mfa::{
    account_register_mfa_passkey_begin, account_register_mfa_passkey_finish, begin_mfa_passkey_registration,
    begin_passkey_mfa_verification, finish_mfa_passkey_login, finish_mfa_passkey_registration,
};
use doorward_flows::session::Login;
use serde_json::json;

/// Asks for a new one.
fn new_form<'a>(here: &'a Here, occasion: &Occasion) -> Sheet<'a> {
    here.sheet("factor-passkey-new").passkey("factor-passkey-new-button", &occasion.page("passkey/begin"))
}

fn form(at: &Waiting) -> Sheet<'_> {
    at.close(if at.login.sets_up() {
        new_form(&at.here, &LOGIN)
    } else {
        at.here.sheet("factor-passkey").passkey("factor-passkey-button", &LOGIN.page("passkey/begin"))
    })
}

pub(super) async fn page(at: Waiting) -> Response {
    if at.ways().contains(&Way::Passkey) { at.here.show(form(&at)) } else { at.here.go("second-factor") }
}

/// What the browser is to do.
pub(super) async fn begin(sent: WaitingPosted) -> Response {
    let at = sent.waiting();
    let (here, finish) = (&at.here, LOGIN.page("passkey"));
    if at.login.sets_up() {
        create_factor(here, begin_mfa_passkey_registration(&here.app, &here.caller, &at.token).await, &finish)
    } else {
        get(here, begin_passkey_mfa_verification(&here.app, &here.caller, &at.token).await, &finish)
    }
}

pub(super) async fn submit(sent: WaitingPosted) -> Response {
    let login = finish(&sent).await;
    backup_codes::arrive(sent.waiting(), login, form).await
}

async fn finish(sent: &WaitingPosted) -> Result<Login> {
    let (here, given, templates) = (&sent.posted.here, given(&sent.posted)?, json!({}));
    if sent.login.sets_up() {
        finish_mfa_passkey_registration(&here.app, &here.caller, &sent.token, &given, &templates).await
    } else {
        finish_mfa_passkey_login(&here.app, &here.caller, &sent.token, &given, &templates).await
    }
}

pub(super) async fn own_page(Recent { here, .. }: Recent) -> Response {
    here.show(own_form(&here))
}

fn own_form(here: &Here) -> Sheet<'_> {
    OWN.close(new_form(here, &OWN), &[])
}

/// What the browser of somebody signed in is to do.
pub(super) async fn own_begin(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    create_factor(&here, account_register_mfa_passkey_begin(&here.app, &signed_in).await, &OWN.page("passkey"))
}

pub(super) async fn own_submit(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let added = match given(&posted) {
        Ok(given) => account_register_mfa_passkey_finish(&posted.here.app, &signed_in, &given).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(_) => own::added(posted.here, &signed_in).await,
        Err(error) => refuse(posted.here, error, &OWN.page("passkey"), own_form),
    }
}
