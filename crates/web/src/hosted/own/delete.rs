//! The account deleted by its owner, who confirms it with a code.

use crate::hosted::here::owner::{profile, text};
use crate::hosted::here::{Here, Name, Own, OwnPosted, Step, Visitor, refuse};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::SignedIn;
use doorward_flows::factors::release::Release;
use doorward_flows::notify::Voice;
use doorward_flows::own::deletion::{
    Confirmation, delete_account, delete_account_by_access_token, delete_account_by_phone_otp, send_delete_otp,
};
use doorward_model::reason::Reason;

pub(crate) async fn page(Own { here, .. }: Own) -> Response {
    match here.step() {
        Some(Step::Delete(name)) => here.show(code_form(&here, &name)),
        _ => here.show(question(&here)),
    }
}

fn question(here: &Here) -> Sheet<'_> {
    here.sheet("delete").form("delete", "account/delete").grave().link("back-to-account", "account")
}

fn code_form<'a>(here: &'a Here, name: &Name) -> Sheet<'a> {
    let sheet = here.sheet("delete-code").lead("delete-code", &[("to", name.text())]);
    let sheet = sheet.form("delete-code", "account/delete/confirm").grave().field("code", Kind::Code, "");
    sheet.link("back-to-account", "account")
}

/// Sends the code, to the phone where there is one that may get it, else to the address.
pub(crate) async fn send(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let here = posted.here;
    match send_code(&here, &signed_in).await {
        Ok(name) => here.begin(Step::Delete(name), "account/delete"),
        Err(error) => refuse(here, error, "account/delete", question),
    }
}

async fn send_code(here: &Here, signed_in: &SignedIn) -> Result<Name> {
    let profile = profile(here, signed_in).await?;
    let addresses = profile["Email"].as_array().into_iter().flatten().map(|entry| text(entry, "Value"));
    if here.settings().phone_login && profile["PhoneIdVerified"] == true {
        send_delete_otp(&here.app, signed_in, Voice::No).await?;
        return Ok(Name::Phone(text(&profile, "PhoneId")));
    }
    delete_account_by_access_token(&here.app, signed_in, None).await?;
    let address = addresses.into_iter().next().ok_or(Reason::EmailNotOnProfile)?;
    Ok(Name::Email(address))
}

/// Deletes it.
pub(crate) async fn confirm(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let Some(Step::Delete(name)) = posted.here.step() else { return posted.here.go("account/delete") };
    let (code, mut here) = (posted.secret("code"), posted.here);
    let deleted = match &name {
        Name::Phone(_) => delete_account_by_phone_otp(&here.app, &signed_in, &code, &Release::default()).await,
        _ => match name.email() {
            Ok(email) => delete_account(&here.app, &here.caller, Confirmation::Code(email, code)).await,
            Err(reason) => Err(reason.into()),
        },
    };
    match deleted {
        Ok(()) => {
            here.visitor = Visitor::signed_out(&here.app, "notice-deleted");
            here.go("sign-in")
        }
        Err(error) => here.show(code_form(&here, &name).trouble(&Trouble::of(error))),
    }
}
