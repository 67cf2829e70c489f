//! Backup codes: told once when the first factor is set up or when their owner asks for others, and each good for one
//! login.

use super::waiting::{Waiting, WaitingPosted};
use super::way::{LOGIN, OWN, Occasion};
use crate::hosted::here::{Here, OwnPosted, Recent, refuse};
use crate::hosted::sheet::{Kind, Sheet};
use axum::response::Response;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::mfa::{Before, mfa_backup_codes, verify_backup_code_for_mfa_login};
use doorward_flows::session::Login;
use doorward_flows::{Error, Result};
use doorward_model::secret::Secret;
use serde_json::json;

/// Asks for one.
pub(crate) fn code_form<'a>(here: &'a Here, occasion: &Occasion) -> Sheet<'a> {
    let sheet = here.sheet("factor-backup-code").form("factor-backup-code", &occasion.page("backup-code"));
    sheet.field("backup-code", Kind::BackupCode, "")
}

fn form(at: &Waiting) -> Sheet<'_> {
    at.close(code_form(&at.here, &LOGIN))
}

pub(super) async fn page(at: Waiting) -> Response {
    if at.login.has_backup_codes { at.here.show(form(&at)) } else { at.here.go("second-factor") }
}

pub(super) async fn submit(sent: WaitingPosted) -> Response {
    let (code, at) = (sent.posted.fields.secret("backup-code"), sent.waiting());
    let login = verify_backup_code_for_mfa_login(&at.here.app, &at.here.caller, &at.token, &code, &json!({})).await;
    at.arrive(login, form).await
}

/// On to wherever a login leads; whoever has just set up their first factor is told their codes before.
pub(super) async fn arrive(
    at: Waiting,
    login: Result<Login>,
    form: impl for<'a> FnOnce(&'a Waiting) -> Sheet<'a>,
) -> Response {
    let Ok(Login::Finished(finished)) = &login else { return at.arrive(login, form).await };
    if !at.login.sets_up() {
        return at.arrive(login, form).await;
    }
    let mut here = at.here;
    let profile = here.enter(finished).await;
    let Some(signed_in) = here.signed_in().await else { return here.go("sign-in") };
    match first(&here, &signed_in).await {
        Some(codes) => here.show(told(&here, &codes).form("backup-codes", "continue")),
        None => here.welcome(&profile).await,
    }
}

/// Codes for who has none yet; none where the tenant has none.
pub(super) async fn first(here: &Here, signed_in: &SignedIn) -> Option<Vec<Secret>> {
    match mfa_backup_codes(&here.app, signed_in, Before::Keep).await {
        Ok(codes) => Some(codes),
        Err(Error::Refused(_)) => None,
        Err(Error::Failed(cause)) => {
            // The factor is set up, and codes can be asked for at any time.
            tracing::error!(cause = format!("{cause:#}"), "backup codes could not be made");
            None
        }
    }
}

/// Tells them, this once.
pub(super) fn told<'a>(here: &'a Here, codes: &[Secret]) -> Sheet<'a> {
    here.sheet("backup-codes").codes(codes)
}

/// The question whether others are to be made.
pub(super) async fn own_page(Recent { here, .. }: Recent) -> Response {
    here.show(own_form(&here))
}

fn own_form(here: &Here) -> Sheet<'_> {
    let sheet = here.sheet("backup-codes-new").form("backup-codes-new", &OWN.page("backup-codes"));
    OWN.close(sheet, &[])
}

pub(super) async fn own_make(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    match mfa_backup_codes(&here.app, &signed_in, Before::Replace).await {
        Ok(codes) => here.show(OWN.close(told(&here, &codes), &[])),
        Err(error) => refuse(here, error, &OWN.page("backup-codes"), own_form),
    }
}
