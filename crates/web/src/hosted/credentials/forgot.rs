//! A forgotten password: the message, and the new password.

use crate::hosted::here::{Here, Name, Posted, Step};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::credentials::password::{
    Mailed, Reset, forgot_password, request_otp_for_password_reset, reset_password, reset_password_by_phone_otp,
};
use doorward_flows::notify::Voice;
use doorward_flows::{Error, Result};

pub(crate) async fn page(here: Here) -> Response {
    here.show(form(&here, ""))
}

fn form<'a>(here: &'a Here, identifier: &str) -> Sheet<'a> {
    let sheet = here.sheet("forgot").form("forgot", "forgot").field("identifier", Kind::Identifier, identifier);
    sheet.link("back-to-sign-in", "sign-in")
}

pub(crate) async fn submit(posted: Posted) -> Response {
    let name = Name::read(posted.text("identifier"), posted.here.settings());
    let here = posted.here;
    match send(&here, &name).await {
        Ok(()) => {
            let by_code = matches!(name, Name::Phone(_)) || here.settings().otp_password_reset;
            here.begin(Step::Reset { name, by_code }, "reset")
        }
        Err(error) => here.show(form(&here, name.text()).trouble(&Trouble::of(error))),
    }
}

async fn send(here: &Here, name: &Name) -> Result<()> {
    match name {
        Name::Phone(_) => {
            request_otp_for_password_reset(&here.app, &here.caller, &name.phone()?, Voice::No, None).await?;
            Ok(())
        }
        _ => forgot_password(&here.app, &here.caller, &name.typed(), Some(&here.link("reset")), None).await,
    }
}

/// The page that the link opens, and the one for whom a code is on its way.
pub(crate) async fn reset_page(here: Here) -> Response {
    match (&here.token, here.step()) {
        (Some(token), _) => here.show(by_link(&here, token.expose())),
        (None, Some(Step::Reset { name, by_code })) => here.show(by_name(&here, &name, by_code)),
        _ => here.go("forgot"),
    }
}

fn by_link<'a>(here: &'a Here, token: &str) -> Sheet<'a> {
    let sheet = here.sheet("reset").lead("reset-link", &[]).form("reset", "reset").hidden("token", token);
    sheet.field("new-password", Kind::NewPassword, "").link("to-forgot-again", "forgot")
}

fn by_name<'a>(here: &'a Here, name: &Name, by_code: bool) -> Sheet<'a> {
    let key = if by_code { "reset" } else { "reset-mail" };
    let mut sheet = here.sheet(key).lead(key, &[("to", name.text())]);
    if by_code {
        sheet = sheet.form("reset", "reset").field("code", Kind::Code, "");
        sheet = sheet.field("new-password", Kind::NewPassword, "");
    }
    sheet.other("send-again", "reset/again").link("back-to-sign-in", "sign-in")
}

pub(crate) async fn again(Posted { mut here, .. }: Posted) -> Response {
    let Some(Step::Reset { name, by_code }) = here.step() else { return here.go("forgot") };
    match send(&here, &name).await {
        Ok(()) => {
            here.visitor.leave("notice-sent");
            let is_code = matches!(name, Name::Phone(_)) || here.settings().otp_password_reset;
            here.begin(Step::Reset { name, by_code: is_code }, "reset")
        }
        Err(error) => here.show(by_name(&here, &name, by_code).trouble(&Trouble::of(error))),
    }
}

pub(crate) async fn reset(posted: Posted) -> Response {
    let token = posted.secret("token");
    let (code, password) = (posted.secret("code"), posted.secret("new-password"));
    let here = posted.here;
    if !token.is_blank() {
        let done = reset_password(&here.app, &here.caller, Mailed::Token(token.clone()), &password).await;
        return follow(here, done, |here| by_link(here, token.expose())).await;
    }
    let Some(Step::Reset { name, by_code }) = here.step() else { return here.go("forgot") };
    let done = match &name {
        Name::Phone(_) => match name.phone() {
            Ok(phone) => {
                let reset = Reset { phone, otp: code, password, captcha: None };
                reset_password_by_phone_otp(&here.app, &here.caller, reset).await
            }
            Err(reason) => Err(reason.into()),
        },
        _ => reset_password(&here.app, &here.caller, Mailed::Code(name.typed(), code), &password).await,
    };
    follow(here, done, |here| by_name(here, &name, by_code)).await
}

/// Signs in where the tenant does so after a reset, else leads to the sign-in.
async fn follow(
    mut here: Here,
    done: Result<Option<doorward_flows::session::Login>, Error>,
    form: impl for<'a> FnOnce(&'a Here) -> Sheet<'a>,
) -> Response {
    let login = match done {
        Ok(Some(login)) => Ok(login),
        Ok(None) => {
            here.visitor.end_step();
            here.visitor.leave("notice-password-changed");
            return here.go("sign-in");
        }
        Err(error) => Err(error),
    };
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(form(&here).trouble(&trouble)),
    }
}
