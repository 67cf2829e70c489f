//! Signing a device in by a link that is opened on another.

use crate::caller::ApiKey;
use crate::ops::answers::{Done, LoginAnswer};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::profile::identifiers::Typed;
use doorward_flows::sign_in::smart_login;

use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Routes {
    const SMART_LOGIN: &str = "/identity/v2/auth/login/smartlogin";
    Routes::group("Smart login")
        .get(SMART_LOGIN, get_smart_login, "Send the link that signs this device in")
        .changes()
        .get(
            "/identity/v2/auth/login/smartlogin/ping",
            ping_smart_login,
            "Ask whether the link was opened, and sign in when it was",
        )
        .changes()
        .get(
            "/identity/v2/auth/email/smartlogin",
            verify_auto_login_email_smart_login,
            "Let the device in that waits for the link",
        )
        .changes()
}

async fn get_smart_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(person): Query<Person>,
    Query(device): Query<Device>,
    Query(sending): Query<Sending>,
) -> Result<Answer<Done>> {
    smart_login::require_smart_login(&caller)?;
    let guid = device.guid()?;
    let typed = Typed { email: person.email, username: person.username, phone: person.phone };
    smart_login::get_smart_login(&app, &caller, &typed, &guid, sending.redirecturl.as_deref()).await?;
    Ok(Answer(Done::yes()))
}

async fn ping_smart_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(device): Query<Device>,
    Query(fields): Query<Fields>,
) -> Result<Answer<LoginAnswer>> {
    smart_login::require_either(&caller)?;
    let login = smart_login::ping_smart_login(&app, &caller, &device.guid()?).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn verify_auto_login_email_smart_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(opened): Query<Opened>,
) -> Result<Answer<Confirmed>> {
    smart_login::require_smart_login(&caller)?;
    smart_login::verify_auto_login_email_smart_login(&app, &caller, &opened.token()?).await?;
    Ok(Answer(Confirmed::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Person {
    /// An address; or one of the two below.
    email: Option<String>,
    /// A user name; the link goes to the address of its account.
    username: Option<String>,
    /// A phone number with its country; the link goes to the address of its account.
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Device {
    /// A random GUID (version 4) that the device made up for this attempt.
    #[schemars(required)]
    clientguid: Option<String>,
}

impl Device {
    fn guid(self) -> Result<Secret> {
        Ok(Secret::new(required("clientguid", self.clientguid)?))
    }
}

/// The message with the link, as far as a request shapes it.
#[derive(Deserialize, JsonSchema)]
struct Sending {
    /// The page that the link opens; one of the tenant's domains.
    redirecturl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "smartloginemailtemplate")]
    _template: Option<String>,
    /// Name of the welcome's template; an unknown name means the usual one.
    #[serde(rename = "welcomeemailtemplate")]
    _welcome: Option<String>,
}

/// The link that somebody opened.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Opened {
    /// The token in the link.
    #[schemars(required)]
    verificationtoken: Option<String>,
    /// The same under its other name.
    vtoken: Option<String>,
}

impl Opened {
    pub(super) fn token(self) -> Result<Secret> {
        let token = self.verificationtoken.filter(|token| !token.trim().is_empty()).or(self.vtoken);
        Ok(Secret::new(required("verificationtoken", token)?))
    }
}

/// That the waiting device may come for its session.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Confirmed {
    /// Always true.
    is_posted: bool,
    /// Always true.
    is_verified: bool,
}

impl Confirmed {
    pub(super) fn yes() -> Confirmed {
        Confirmed { is_posted: true, is_verified: true }
    }
}
