//! Proving an address or number by the code or the link in a message.

use crate::hosted::here::{Here, Name, Posted, Step, link};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::response::Response;
use doorward_flows::factors::release::Release;
use doorward_flows::notify::Voice;
use doorward_flows::own::email::{resend_email_verification, verify_email_by_link, verify_email_by_otp};
use doorward_flows::own::phone::{resend_phone_otp, verify_phone_otp};

/// The page for whom a message is on its way; where it carries a link, there is nothing to type.
pub(crate) async fn page(here: Here) -> Response {
    let Some(Step::Verify(name)) = here.step() else { return here.go("sign-in") };
    here.show(form(&here, &name))
}

fn form<'a>(here: &'a Here, name: &Name) -> Sheet<'a> {
    let takes_code = matches!(name, Name::Phone(_)) || here.settings().otp_email_verification;
    let key = if takes_code { "verify" } else { "verify-mail" };
    let mut sheet = here.sheet(key).lead(key, &[("to", name.text())]);
    if takes_code {
        sheet = sheet.form("verify", "verify").field("code", Kind::Code, "");
    }
    sheet.other("send-again", "verify/again").link("back-to-sign-in", "sign-in")
}

pub(crate) async fn submit(posted: Posted) -> Response {
    let Some(Step::Verify(name)) = posted.here.step() else { return posted.here.go("sign-in") };
    let (code, here) = (posted.secret("code"), posted.here);
    let (app, caller, release) = (&here.app, &here.caller, Release::default());
    let login = match &name {
        Name::Phone(_) => match name.phone() {
            Ok(phone) => verify_phone_otp(app, caller, &phone, &code, &release).await,
            Err(reason) => Err(reason.into()),
        },
        _ => match name.email() {
            Ok(email) => verify_email_by_otp(app, caller, &email, &code, &release).await,
            Err(reason) => Err(reason.into()),
        },
    };
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(form(&here, &name).trouble(&trouble)),
    }
}

/// Sends the message again.
pub(crate) async fn again(Posted { mut here, .. }: Posted) -> Response {
    let Some(Step::Verify(name)) = here.step() else { return here.go("sign-in") };
    let (app, caller) = (&here.app, &here.caller);
    let sent = match &name {
        Name::Phone(_) => match name.phone() {
            Ok(phone) => resend_phone_otp(app, caller, &phone, Voice::No).await.map(|_| ()),
            Err(reason) => Err(reason.into()),
        },
        _ => resend_email_verification(app, caller, &name.typed(), Some(&here.link("verify-link"))).await,
    };
    match sent {
        Ok(()) => {
            here.visitor.leave("notice-sent");
            here.go("verify")
        }
        Err(error) => here.show(form(&here, &name).trouble(&Trouble::of(error))),
    }
}

/// The link that proves an address.
pub(crate) async fn link_page(here: Here) -> Response {
    link::question(&here, "verify-link")
}

pub(crate) async fn follow_link(posted: Posted) -> Response {
    let (token, here) = (posted.secret("token"), posted.here);
    let login = verify_email_by_link(&here.app, &here.caller, &token).await;
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(link::dead(&here, "verify-link").trouble(&trouble)),
    }
}
