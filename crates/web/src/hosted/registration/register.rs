//! Registering, by email address or by phone number.

use crate::hosted::here::{Here, Name, Posted, Step};
use crate::hosted::sheet::{Kind, Sheet};
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::factors::passkey::require_passkeys;
use doorward_flows::notify::Voice;
use doorward_flows::registration::{Registration, Wishes, register_on_page};
use doorward_flows::session::Login;
use doorward_model::reason::Reason;
use serde_json::{Map, Value, json};

/// What somebody registers with.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum By {
    Email,
    Phone,
}

pub(crate) async fn by_email(here: Here) -> Response {
    let by = if here.settings().email_login || !here.settings().phone_login { By::Email } else { By::Phone };
    here.show(form(&here, by, |_| String::new()))
}

pub(crate) async fn by_phone(here: Here) -> Response {
    here.show(form(&here, By::Phone, |_| String::new()))
}

pub(crate) async fn submit_email(posted: Posted) -> Response {
    submit(posted, By::Email).await
}

pub(crate) async fn submit_phone(posted: Posted) -> Response {
    submit(posted, By::Phone).await
}

async fn submit(posted: Posted, by: By) -> Response {
    let mut body = profile(&posted, by);
    body.insert("Password".to_owned(), posted.secret("password").expose().into());
    let (here, caller) = (&posted.here, &posted.here.caller);
    let page = here.link("verify-link");
    let wishes = Wishes { verification_url: Some(&page), options: None, voice: Voice::No };
    let registration = Registration { body: &body, wishes };
    let login = match register_on_page(&here.app, caller, registration).await {
        Ok(Some(login)) => Ok(login),
        Ok(None) => {
            let name = match by {
                By::Email => Name::Email(posted.text("email").to_owned()),
                By::Phone => Name::Phone(posted.text("phone").to_owned()),
            };
            return posted.here.begin(Step::Verify(name), "verify");
        }
        Err(error) => Err(error),
    };
    follow(posted, by, login).await
}

/// Signs in whom was registered, or tells what was in the way.
pub(crate) async fn follow(posted: Posted, by: By, login: Result<Login>) -> Response {
    let typed = ["first-name", "last-name", "email", "phone"].map(|field| (field, posted.text(field).to_owned()));
    match posted.here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => {
            let value = |name: &str| {
                let found = typed.iter().find(|(field, _)| *field == name);
                found.map(|(_, text)| text.clone()).unwrap_or_default()
            };
            here.show(form(&here, by, value).trouble(&trouble))
        }
    }
}

/// The registration as the flow takes it, without a credential; what was left empty is not there.
pub(crate) fn profile(posted: &Posted, by: By) -> Map<String, Value> {
    let mut body = Map::new();
    for (field, member) in [("first-name", "FirstName"), ("last-name", "LastName")] {
        if !posted.text(field).is_empty() {
            body.insert(member.to_owned(), posted.text(field).into());
        }
    }
    match by {
        By::Email => body.insert("Email".to_owned(), json!([{ "Type": "Primary", "Value": posted.text("email") }])),
        By::Phone => body.insert("PhoneId".to_owned(), posted.text("phone").into()),
    };
    let (settings, pin) = (posted.here.settings(), posted.secret("pin"));
    if settings.pin.is_owed_at_registration() || settings.pin.is_offered_at_registration() {
        body.insert("PINInfo".to_owned(), json!({ "PIN": pin.expose(), "Skipped": pin.is_blank() }));
    }
    body
}

fn form(here: &Here, by: By, value: impl Fn(&str) -> String) -> Sheet<'_> {
    let settings = here.settings();
    let mut sheet = here.sheet("register");
    if !settings.registration {
        return sheet.trouble(&Reason::RegistrationDisabled.into()).link("back-to-sign-in", "sign-in");
    }
    sheet = sheet.form("register", if by == By::Email { "register" } else { "register-by-phone" });
    sheet = sheet.optional("first-name", Kind::PersonName("given-name"), &value("first-name")).optional(
        "last-name",
        Kind::PersonName("family-name"),
        &value("last-name"),
    );
    sheet = match by {
        By::Email => sheet.field("email", Kind::Email, &value("email")),
        By::Phone => sheet.field("phone", Kind::Phone, &value("phone")),
    };
    sheet = sheet.field("password", Kind::NewPassword, "");
    if settings.pin.is_owed_at_registration() {
        sheet = sheet.field("pin", Kind::NewPin, "");
    } else if settings.pin.is_offered_at_registration() {
        sheet = sheet.optional("pin", Kind::NewPin, "");
    }
    if by == By::Email && require_passkeys(&here.caller).is_ok() {
        sheet = sheet.passkey("passkey-register", "register/passkey/begin");
    }
    if settings.phone_login && settings.email_login {
        sheet = match by {
            By::Email => sheet.link("to-register-by-phone", "register-by-phone"),
            By::Phone => sheet.link("to-register-by-email", "register"),
        };
    }
    sheet.link("back-to-sign-in", "sign-in")
}
