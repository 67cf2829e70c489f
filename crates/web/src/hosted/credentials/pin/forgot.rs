//! A forgotten PIN: the message, and the new PIN.

use crate::hosted::here::{Here, Name, Posted, Step};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::credentials::pin::{Brought, forgot_pin_by_email, forgot_pin_by_phone, reset_pin};
use doorward_flows::notify::Voice;
use doorward_model::pin::Pin;
use doorward_model::secret::Secret;

pub(super) async fn page(here: Here) -> Response {
    here.show(form(&here, ""))
}

fn form<'a>(here: &'a Here, identifier: &str) -> Sheet<'a> {
    let sheet = here.sheet("forgot-pin").form("forgot-pin", "forgot-pin");
    sheet.field("identifier", Kind::Identifier, identifier).link("back-to-sign-in", "sign-in")
}

pub(super) async fn submit(posted: Posted) -> Response {
    let name = Name::read(posted.text("identifier"), posted.here.settings());
    let here = posted.here;
    match send(&here, &name).await {
        Ok(()) => here.begin(Step::ResetPin(name), "reset-pin"),
        Err(error) => here.show(form(&here, name.text()).trouble(&Trouble::of(error))),
    }
}

async fn send(here: &Here, name: &Name) -> Result<()> {
    match name {
        Name::Phone(_) => {
            forgot_pin_by_phone(&here.app, &here.caller, &name.phone()?, Voice::No).await?;
            Ok(())
        }
        _ => forgot_pin_by_email(&here.app, &here.caller, &name.typed(), Some(&here.link("reset-pin"))).await,
    }
}

/// The page that the link opens, and the one for whom a code is on its way.
pub(super) async fn reset_page(here: Here) -> Response {
    match (&here.token, here.step()) {
        (Some(token), _) => here.show(by_link(&here, token.expose())),
        (None, Some(Step::ResetPin(name))) => here.show(by_name(&here, &name)),
        _ => here.go("forgot-pin"),
    }
}

fn by_link<'a>(here: &'a Here, token: &str) -> Sheet<'a> {
    let sheet = here.sheet("reset-pin").lead("reset-pin-link", &[]).form("reset-pin", "reset-pin");
    sheet.hidden("token", token).field("new-pin", Kind::NewPin, "").link("to-forgot-again", "forgot-pin")
}

/// Asks for the code in a text message; a mail has a link.
fn by_name<'a>(here: &'a Here, name: &Name) -> Sheet<'a> {
    let takes_code = matches!(name, Name::Phone(_));
    let key = if takes_code { "reset-pin" } else { "reset-pin-mail" };
    let mut sheet = here.sheet(key).lead(key, &[("to", name.text())]);
    if takes_code {
        sheet = sheet.form("reset-pin", "reset-pin").field("code", Kind::Code, "").field("new-pin", Kind::NewPin, "");
    }
    sheet.other("send-again", "reset-pin/again").link("back-to-sign-in", "sign-in")
}

pub(super) async fn again(Posted { mut here, .. }: Posted) -> Response {
    let Some(Step::ResetPin(name)) = here.step() else { return here.go("forgot-pin") };
    match send(&here, &name).await {
        Ok(()) => {
            here.visitor.leave("notice-sent");
            here.go("reset-pin")
        }
        Err(error) => here.show(by_name(&here, &name).trouble(&Trouble::of(error))),
    }
}

pub(super) async fn reset(posted: Posted) -> Response {
    let (token, code, pin) = (posted.secret("token"), posted.secret("code"), Pin::new(posted.secret("new-pin")));
    let here = posted.here;
    if !token.is_blank() {
        let brought = Brought::Link(token.clone());
        let done = reset_pin(&here.app, &here.caller, brought, &pin).await;
        return follow(here, done, |here| by_link(here, token.expose()));
    }
    let Some(Step::ResetPin(name)) = here.step() else { return here.go("forgot-pin") };
    let done = match brought(&name, code) {
        Ok(brought) => reset_pin(&here.app, &here.caller, brought, &pin).await,
        Err(error) => Err(error),
    };
    follow(here, done, |here| by_name(here, &name))
}

fn brought(name: &Name, code: Secret) -> Result<Brought> {
    Ok(match name {
        Name::Phone(_) => Brought::Phone(name.phone()?, code),
        _ => Brought::Mail(name.typed(), code),
    })
}

/// The sign-in, with the password: the new PIN works on a device from there on.
fn follow(mut here: Here, done: Result<()>, form: impl for<'a> FnOnce(&'a Here) -> Sheet<'a>) -> Response {
    match done {
        Ok(()) => {
            here.visitor.end_step();
            here.visitor.leave("notice-pin-reset");
            here.go("sign-in")
        }
        Err(error) => here.show(form(&here).trouble(&Trouble::of(error))),
    }
}
