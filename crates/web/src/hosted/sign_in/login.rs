//! Signing in with a password, and being signed in already.

use crate::hosted::credentials::pin;
use crate::hosted::here::owner::name_of;
use crate::hosted::here::{Here, Name, Posted, Step, Visitor, sign_in_form};
use crate::hosted::sheet::Trouble;
use axum::response::Response;
use doorward_flows::Error;
use doorward_flows::factors::release::Release;
use doorward_flows::notify::Voice;
use doorward_flows::own::phone::resend_phone_otp;
use doorward_flows::session::Remember;
use doorward_flows::session::{Scope, invalidate};
use doorward_flows::sign_in::login;

use doorward_flows::sign_in::login::Attempt;
use doorward_model::reason::Reason;

/// The first page: for a PIN where the device knows somebody, else for a password. Whoever is signed in is asked whether
/// to go on as that person.
pub(crate) async fn page(here: Here) -> Response {
    let Some(signed_in) = here.signed_in().await else { return pin::sign_in::page(here).await };
    if here.carried.redirect_url.is_none() {
        return here.go("account");
    }
    let name = name_of(&here, &signed_in).await;
    let sheet = here.sheet("continue").lead("continue", &[("name", &name)]).form("continue", "continue");
    here.show(sheet.other("someone-else", "sign-out"))
}

/// The form for a password, whomever the device knows.
pub(crate) async fn password_page(here: Here) -> Response {
    here.show(sign_in_form(&here, ""))
}

/// Goes on as whoever is signed in.
pub(crate) async fn go_on(Posted { here, .. }: Posted) -> Response {
    here.finish().await
}

/// Signs in.
pub(crate) async fn submit(posted: Posted) -> Response {
    let name = Name::read(posted.text("identifier"), posted.here.settings());
    let remember = if posted.text("remember").is_empty() { Remember::No } else { Remember::Yes };
    let password = posted.secret("password");
    let here = posted.here;
    let attempt = Attempt {
        typed: &name.typed(),
        password: &password,
        remember,
        verification_url: Some(&here.link("verify-link")),
        release: &Release::default(),
        voice: Voice::No,
    };
    // The path of clients that know of second factors.
    let login = login::mfa_login(&here.app, &here.caller, attempt).await;
    if let Err(Error::Refused(refusal)) = &login {
        match (refusal.reason, &name) {
            (Reason::EmailNotVerified, Name::Email(_)) => return here.begin(Step::Verify(name), "verify"),
            (Reason::PhoneNotVerified, Name::Phone(_)) => return prove_phone(here, name).await,
            (Reason::PasswordExpired | Reason::PasswordBreachedMailSent, Name::Email(_) | Name::Phone(_)) => {
                let mut here = here;
                here.visitor.leave("notice-password-over");
                return here.begin(Step::Reset { name, by_code: true }, "reset");
            }
            _ => {}
        }
    }
    match here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => here.show(sign_in_form(&here, name.text()).trouble(&trouble)),
    }
}

/// Sends the code that proves the number; where none can be sent, the reason is told.
async fn prove_phone(here: Here, name: Name) -> Response {
    let sent = match name.phone() {
        Ok(phone) => resend_phone_otp(&here.app, &here.caller, &phone, Voice::No).await,
        Err(reason) => Err(reason.into()),
    };
    match sent {
        Ok(_) => here.begin(Step::Verify(name), "verify"),
        Err(error) => here.show(sign_in_form(&here, name.text()).trouble(&Trouble::of(error))),
    }
}

/// Ends the session in this browser. Whom the device knows, it still knows.
pub(crate) async fn sign_out(Posted { mut here, .. }: Posted) -> Response {
    if let Some(signed_in) = here.signed_in().await
        && let Err(error) = invalidate(&here.app, signed_in, Scope::Session).await
    {
        // The browser forgets it either way.
        tracing::warn!(?error, "a session on the hosted pages could not be ended");
    }
    here.visitor = Visitor::signed_out(&here.app, "notice-signed-out");
    here.go("sign-in")
}
