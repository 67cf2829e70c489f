//! The account's own page, and what is changed from there.

use crate::hosted::credentials::second_factor::own as factors;
use crate::hosted::credentials::{passkey, pin};
use crate::hosted::here::owner::{display_name, profile, text, update};
use crate::hosted::here::{Here, Own, OwnPosted};
use crate::hosted::sheet::{Kind, Sheet, Trouble};
use axum::http::StatusCode;
use axum::response::Response;
use doorward_flows::Result;
use doorward_flows::access::SignedIn;
use doorward_flows::credentials::password;

use doorward_flows::factors::release::Release;
use doorward_flows::session::{Active, end_own, own_sessions};
use doorward_model::id::SessionId;
use serde::Serialize;
use serde_json::{Map, Value};

/// What the page shows.
#[derive(Serialize)]
struct Account {
    title: String,
    name: String,
    rows: Vec<(String, String)>,
    factors: Vec<factors::Row>,
    pin: Option<pin::own::Shown>,
    passkeys: Option<Vec<passkey::own::Shown>>,
    sessions: Vec<SessionShown>,
    texts: Map<String, Value>,
    paths: Map<String, Value>,
    first_name: String,
    last_name: String,
    problem: Option<String>,
}

#[derive(Serialize)]
struct SessionShown {
    id: String,
    program: String,
    began: String,
    from: String,
    is_this: bool,
    end_label: String,
}

/// The texts of the page, by their keys.
const TEXTS: [&str; 27] = [
    "field-first-name",
    "field-last-name",
    "account-profile",
    "account-save",
    "account-security",
    "account-password",
    "account-password-change",
    "account-factors",
    "account-factors-lead",
    "account-on",
    "account-pin",
    "account-pin-none",
    "account-pin-known",
    "account-pin-set",
    "account-pin-change",
    "account-pin-forget",
    "account-passkeys",
    "account-passkeys-lead",
    "account-passkeys-none",
    "account-passkeys-add",
    "account-passkeys-remove",
    "account-sessions",
    "account-sessions-lead",
    "account-this-session",
    "account-delete",
    "account-delete-lead",
    "account-sign-out",
];

/// The pages that forms and links of the page lead to.
const PATHS: [&str; 8] = [
    "account/profile",
    "account/password",
    "account/pin",
    "account/pin/forget-device",
    "account/passkeys",
    "account/sessions/end",
    "account/delete",
    "sign-out",
];

pub(crate) async fn page(Own { here, signed_in }: Own) -> Response {
    show(&here, &signed_in, None).await
}

async fn show(here: &Here, signed_in: &SignedIn, trouble: Option<Trouble>) -> Response {
    match load(here, signed_in, trouble.as_ref()).await {
        Ok(account) => {
            let status = trouble.map_or(StatusCode::OK, |trouble| trouble.status());
            here.render("account.html", status, &account)
        }
        Err(error) => here.show(here.sheet("broken").trouble(&Trouble::of(error))),
    }
}

async fn load(here: &Here, signed_in: &SignedIn, trouble: Option<&Trouble>) -> Result<Account> {
    let profile = profile(here, signed_in).await?;
    let sessions = own_sessions(&here.app, signed_in).await?;
    let problem = trouble.map(|trouble| trouble.text(here.site()));
    Ok(Account {
        title: here.say("account-title"),
        name: display_name(&profile),
        rows: rows(here, &profile),
        factors: factors::rows(here, signed_in).await?,
        pin: pin::own::shown(here, &profile),
        passkeys: passkey::own::shown(here, signed_in).await?,
        sessions: sessions.into_iter().map(|session| SessionShown::of(here, signed_in, session)).collect(),
        texts: TEXTS.iter().map(|key| (key.replace('-', "_"), here.say(key).into())).collect(),
        paths: PATHS.iter().map(|page| (page.replace(['/', '-'], "_"), here.path(page).into())).collect(),
        first_name: text(&profile, "FirstName"),
        last_name: text(&profile, "LastName"),
        problem,
    })
}

/// What the person signs in with.
fn rows(here: &Here, profile: &Value) -> Vec<(String, String)> {
    let addresses = profile["Email"].as_array().into_iter().flatten().map(|entry| text(entry, "Value"));
    let addresses = addresses.map(|address| (here.say("field-email"), address));
    let others = [("field-phone", "PhoneId"), ("field-username", "UserName")];
    let others = others.map(|(label, member)| (here.say(label), text(profile, member)));
    addresses.chain(others).filter(|(_, value)| !value.is_empty()).collect()
}

impl SessionShown {
    fn of(here: &Here, signed_in: &SignedIn, session: Active) -> SessionShown {
        let known = [session.agent.browser, session.agent.system, session.agent.device];
        let known: Vec<&str> = known.into_iter().flatten().collect();
        let program = if known.is_empty() { here.say("account-unknown-device") } else { known.join(" · ") };
        SessionShown {
            is_this: session.id == signed_in.session.id.as_str(),
            id: session.id,
            end_label: here.say_with("account-end-session", &[("program", &program)]),
            program,
            began: format!("{} UTC", session.began_at.to_plain()),
            from: session.ip,
        }
    }
}

/// Changes the name.
pub(crate) async fn change_profile(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let mut body = Map::new();
    for (field, member) in [("first-name", "FirstName"), ("last-name", "LastName")] {
        body.insert(member.to_owned(), posted.text(field).into());
    }
    let mut here = posted.here;
    match update(&here, &signed_in, body).await {
        Ok(()) => {
            here.visitor.leave("notice-saved");
            here.go("account")
        }
        Err(error) => show(&here, &signed_in, Some(Trouble::of(error))).await,
    }
}

/// Ends one of the person's sessions.
pub(crate) async fn end_session(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let session = SessionId::new(posted.text("session").to_owned());
    let mut here = posted.here;
    match end_own(&here.app, &signed_in, &session).await {
        Ok(()) => {
            here.visitor.leave("notice-session-ended");
            here.go("account")
        }
        Err(error) => show(&here, &signed_in, Some(Trouble::of(error))).await,
    }
}

pub(crate) async fn password_page(Own { here, .. }: Own) -> Response {
    here.show(password_form(&here))
}

fn password_form(here: &Here) -> Sheet<'_> {
    let sheet = here.sheet("password").form("password", "account/password");
    let sheet = sheet.field("old-password", Kind::Password, "").field("new-password", Kind::NewPassword, "");
    sheet.link("back-to-account", "account")
}

pub(crate) async fn change_password(OwnPosted { posted, signed_in }: OwnPosted) -> Response {
    let (old, new) = (posted.secret("old-password"), posted.secret("new-password"));
    let mut here = posted.here;
    match password::change_password(&here.app, &signed_in, &old, &new, &Release::default()).await {
        Ok(()) => {
            here.visitor.leave("notice-password-changed");
            here.go("account")
        }
        Err(error) => here.show(password_form(&here).trouble(&Trouble::of(error))),
    }
}
