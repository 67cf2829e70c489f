//! A forgotten password, reset by phone.

use super::wire::{PostedLogin, PostedMessage, Telling};
use crate::answer::Answer;
use crate::caller::ApiKey;
use crate::error::{Result, required};
use crate::json::Json;
use crate::query::Query;
use crate::routes::Routes;
use crate::shape::Fields;
use axum::extract::State;
use doorward_flows::password::{self, Reset};
use doorward_flows::{App, phone};
use doorward_model::identifier::Phone;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Password")
        .post("/identity/v2/auth/password/otp", request_otp_for_password_reset, "Send a code that resets the password")
        .put("/identity/v2/auth/password/otp", reset_password_by_phone_otp, "Reset the password by phone and code")
}

async fn request_otp_for_password_reset(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(telling): Query<Telling>,
    Json(body): Json<Forgotten>,
) -> Result<Answer<PostedMessage>> {
    phone::require_phone_login(&caller)?;
    let number = Phone::parse(&required("phone", body.phone)?)?;
    let posted = password::request_otp_for_password_reset(&app, &caller, &number, telling.voice()).await?;
    Ok(Answer(PostedMessage::of(posted)))
}

async fn reset_password_by_phone_otp(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(fields): Query<Fields>,
    Json(body): Json<ResetPassword>,
) -> Result<Answer<PostedLogin>> {
    phone::require_phone_login(&caller)?;
    let reset = Reset {
        password: Secret::new(required("password", body.password)?),
        otp: Secret::new(required("otp", body.otp)?),
        phone: Phone::parse(&required("phone", body.phone)?)?,
    };
    let login = password::reset_password_by_phone_otp(&app, &caller, reset).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

#[derive(Deserialize, JsonSchema)]
struct Forgotten {
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetPassword {
    /// The new password.
    #[schemars(required)]
    password: Option<String>,
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}
