//! Signing in without a password, by what a message carries.

use crate::hosted::here::{Here, Name, Posted, Step, link};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::notify::Voice;
use doorward_flows::session::Remember;
use doorward_flows::sign_in::passwordless::{
    passwordless_email_verification, passwordless_login_by_email, passwordless_login_by_email_and_otp,
    passwordless_login_by_phone, passwordless_login_by_username_and_otp, passwordless_login_phone_verification,
};

pub(crate) async fn page(here: Here) -> Response {
    here.show(form(&here, ""))
}

fn form<'a>(here: &'a Here, identifier: &str) -> Sheet<'a> {
    let sheet = here.sheet("sign-in-code").form("sign-in-code", "sign-in-code");
    sheet.field("identifier", Kind::Identifier, identifier).link("back-to-password", "sign-in")
}

pub(crate) async fn submit(posted: Posted) -> Response {
    let name = Name::read(posted.text("identifier"), posted.here.settings());
    let here = posted.here;
    match send(&here, &name).await {
        Ok(()) => here.begin(Step::SignInCode(name), "sign-in-code/enter"),
        Err(error) => here.show(form(&here, name.text()).trouble(&Trouble::of(error))),
    }
}

async fn send(here: &Here, name: &Name) -> Result<()> {
    match name {
        Name::Phone(_) => {
            passwordless_login_by_phone(&here.app, &here.caller, &name.phone()?, Voice::No, None).await?;
            Ok(())
        }
        _ => {
            passwordless_login_by_email(&here.app, &here.caller, &name.typed(), Some(&here.link("sign-in-link")), None)
                .await
        }
    }
}

pub(crate) async fn enter_page(here: Here) -> Response {
    let Some(Step::SignInCode(name)) = here.step() else { return here.go("sign-in-code") };
    here.show(enter_form(&here, &name))
}

fn enter_form<'a>(here: &'a Here, name: &Name) -> Sheet<'a> {
    let takes_code = matches!(name, Name::Phone(_)) || here.settings().otp_passwordless;
    let key = if takes_code { "enter-code" } else { "enter-mail" };
    let mut sheet = here.sheet(key).lead(key, &[("to", name.text())]);
    if takes_code {
        sheet = sheet.form(key, "sign-in-code/enter").field("code", Kind::Code, "");
    }
    sheet.other("send-again", "sign-in-code/again").link("back-to-password", "sign-in")
}

pub(crate) async fn again(Posted { mut here, .. }: Posted) -> Response {
    let Some(Step::SignInCode(name)) = here.step() else { return here.go("sign-in-code") };
    match send(&here, &name).await {
        Ok(()) => {
            here.visitor.leave("notice-sent");
            here.go("sign-in-code/enter")
        }
        Err(error) => here.show(enter_form(&here, &name).trouble(&Trouble::of(error))),
    }
}

pub(crate) async fn enter(posted: Posted) -> Response {
    let Some(Step::SignInCode(name)) = posted.here.step() else { return posted.here.go("sign-in-code") };
    let (code, here) = (posted.secret("code"), posted.here);
    let (app, caller) = (&here.app, &here.caller);
    let login = match &name {
        Name::Phone(_) => match name.phone() {
            Ok(phone) => passwordless_login_phone_verification(app, caller, &phone, &code, Remember::No).await,
            Err(reason) => Err(reason.into()),
        },
        Name::Email(email) => passwordless_login_by_email_and_otp(app, caller, email, &code, Remember::No).await,
        Name::Username(username) => {
            passwordless_login_by_username_and_otp(app, caller, username, &code, Remember::No).await
        }
    };
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(enter_form(&here, &name).trouble(&trouble)),
    }
}

/// The link that signs in.
pub(crate) async fn link_page(here: Here) -> Response {
    link::question(&here, "sign-in-link")
}

pub(crate) async fn follow_link(posted: Posted) -> Response {
    let (token, here) = (posted.secret("token"), posted.here);
    let login = passwordless_email_verification(&here.app, &here.caller, &token, Remember::No).await;
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(link::dead(&here, "sign-in-link").trouble(&trouble)),
    }
}
