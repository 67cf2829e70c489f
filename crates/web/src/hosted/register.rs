//! Registering, by email address or by phone number.

use super::here::Here;
use super::name::Name;
use super::posted::Posted;
use super::sheet::{Kind, Sheet};
use super::visitor::Step;
use axum::response::Response;
use doorward_flows::phone::Voice;
use doorward_flows::register::{Registration, Wishes, register_on_page};
use doorward_model::reason::Reason;
use serde_json::{Map, Value, json};

/// What somebody registers with.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Email,
    Phone,
}

pub(super) async fn by_email(here: Here) -> Response {
    let by = if here.settings().email_login || !here.settings().phone_login { By::Email } else { By::Phone };
    here.show(form(&here, by, |_| String::new()))
}

pub(super) async fn by_phone(here: Here) -> Response {
    here.show(form(&here, By::Phone, |_| String::new()))
}

pub(super) async fn submit_email(posted: Posted) -> Response {
    submit(posted, By::Email).await
}

pub(super) async fn submit_phone(posted: Posted) -> Response {
    submit(posted, By::Phone).await
}

async fn submit(posted: Posted, by: By) -> Response {
    let body = body(&posted, by);
    let (here, caller) = (&posted.here, &posted.here.caller);
    let page = here.link("verify-link");
    let wishes = Wishes { verification_url: Some(&page), options: None, voice: Voice::No };
    let registration = Registration { body: &body, wishes };
    let name = match by {
        By::Email => Name::Email(posted.text("email").to_owned()),
        By::Phone => Name::Phone(posted.text("phone").to_owned()),
    };
    let login = match register_on_page(&here.app, caller, registration).await {
        Ok(Some(login)) => Ok(login),
        Ok(None) => return posted.here.begin(Step::Verify(name), "verify"),
        Err(error) => Err(error),
    };
    let typed = |field: &str| posted.text(field).to_owned();
    let typed: Map<String, Value> = ["first-name", "last-name", "email", "phone"]
        .map(|field| (field.to_owned(), typed(field).into()))
        .into_iter()
        .collect();
    match posted.here.arrive(login).await {
        Ok(response) => response,
        Err((here, trouble)) => {
            let value = |field: &str| typed[field].as_str().unwrap_or_default().to_owned();
            here.show(form(&here, by, value).trouble(&trouble))
        }
    }
}

/// The registration as the flow takes it; what was left empty is not there.
fn body(posted: &Posted, by: By) -> Map<String, Value> {
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
    body.insert("Password".to_owned(), posted.secret("password").expose().into());
    if posted.here.settings().pin.is_owed_at_registration() {
        body.insert("PINInfo".to_owned(), json!({ "PIN": posted.secret("pin").expose(), "Skipped": false }));
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
    }
    if settings.phone_login && settings.email_login {
        sheet = match by {
            By::Email => sheet.link("to-register-by-phone", "register-by-phone"),
            By::Phone => sheet.link("to-register-by-email", "register"),
        };
    }
    sheet.link("back-to-sign-in", "sign-in")
}
