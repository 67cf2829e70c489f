//! Second factors: proved while a login waits, set up and removed by who is signed in or by the back end.

use crate::caller::{AccessToken, ApiSecret, MfaToken};
use crate::ops::answers::{
    FactorsAnswer, Gone, LoginAnswer, MessageIds, RiskTemplates, Telling2fa, Whose, second_factor,
};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Flag, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::access::Caller;
use doorward_flows::credentials::mfa;

use doorward_flows::factors::mfa::Factor;
use doorward_flows::notify::Voice;
use doorward_flows::{App, factors};
use doorward_model::identifier::Phone;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    const LOGIN: &str = "/identity/v2/auth/login/2fa";
    const OWN: &str = "/identity/v2/auth/account/2fa";
    Routes::group("Second factors")
        .put("/identity/v2/auth/login/2fa/sms", verify_mfa_sms_otp, "Complete a login by a code sent to the phone")
        .alias("/identity/v2/auth/login/2fa/verification/otp")
        .internal_error(Reason::InternalError)
        .put(
            "/identity/v2/auth/login/2fa/sms/phone",
            mfa_update_phone_number_by_mfa_token,
            "Set up the phone that completes a login",
        )
        .alias(LOGIN)
        .get("/identity/v2/auth/login/2fa/resend", resend_mfa_otp, "Send the code of a login again")
        .changes()
        .get(
            "/identity/v2/auth/login/2fa/sms/resend",
            resend_mfa_sms_otp,
            "Send the code of a login to the phone again",
        )
        .changes()
        .get(OWN, get_mfa_settings, "Tell which second factors the person has")
        .changes()
        .put(
            "/identity/v2/auth/account/2fa/sms/phone",
            mfa_update_phone_number_by_token,
            "Send a code to the number that the person wants as second phone",
        )
        .alias(OWN)
        .put(
            "/identity/v2/auth/account/2fa/sms",
            mfa_verify_phone_number_by_access_token,
            "Make a number the person's second phone by its code",
        )
        .alias("/identity/v2/auth/account/2fa/verification/otp")
        .delete("/identity/v2/auth/account/2fa/sms", mfa_reset_sms_auth_by_token, "Remove the person's second phone")
        .delete(
            "/identity/v2/auth/account/2fa/authenticator",
            reset_mfa_authenticator_by_access_token,
            "Remove a second factor of the person",
        )
        .delete("/identity/v2/manage/account/2fa/sms", mfa_reset_sms_auth_by_uid, "Remove an account's second phone")
        .delete(
            "/identity/v2/manage/account/2fa/authenticator",
            reset_mfa_authenticator_by_uid,
            "Remove a second factor of an account",
        )
}

async fn verify_mfa_sms_otp(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    // Wire: what says how a code is told is taken and does nothing: none is sent from here.
    Query(_): Query<Telling2fa>,
    Query(templates): Query<RiskTemplates>,
    Query(fields): Query<Fields>,
    Json(body): Json<Code>,
) -> Result<Answer<LoginAnswer>> {
    factors::mfa::require_sms(caller.settings())?;
    let token = second_factor::present(token)?;
    let otp = Secret::new(required("otp", body.otp)?);
    let login = mfa::verify_mfa_sms_otp(&app, &caller, &token, &otp, &templates.names()?).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn mfa_update_phone_number_by_mfa_token(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(telling): Query<Telling2fa>,
    Json(body): Json<Number>,
) -> Result<Answer<MessageIds>> {
    factors::mfa::require_sms(caller.settings())?;
    let token = second_factor::present(token)?;
    let phone = body.phone()?;
    let posted = mfa::mfa_update_phone_number_by_mfa_token(&app, &caller, &token, &phone, telling.voice()).await?;
    Ok(Answer(MessageIds::of(posted)))
}

async fn resend_mfa_otp(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(telling): Query<Telling2fa>,
) -> Result<Answer<MessageIds>> {
    resend(&app, &caller, token, telling.voice()).await
}

/// Wire: the same as [`resend_mfa_otp`], under the newer path.
async fn resend_mfa_sms_otp(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(telling): Query<Telling2fa>,
) -> Result<Answer<MessageIds>> {
    resend(&app, &caller, token, telling.voice()).await
}

async fn resend(app: &App, caller: &Caller, token: Option<Secret>, voice: Voice) -> Result<Answer<MessageIds>> {
    factors::mfa::require_sms(caller.settings())?;
    let token = second_factor::present(token)?;
    let posted = mfa::resend_mfa_otp(app, caller, &token, voice).await?;
    Ok(Answer(MessageIds::of(posted)))
}

async fn get_mfa_settings(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(_): Query<Telling2fa>,
) -> Result<Answer<FactorsAnswer>> {
    let shown = mfa::get_mfa_settings(&app, &signed_in).await?;
    Ok(Answer(FactorsAnswer::of(shown)))
}

async fn mfa_update_phone_number_by_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(telling): Query<Telling2fa>,
    Json(body): Json<Number>,
) -> Result<Answer<MessageIds>> {
    factors::mfa::require_enabled(signed_in.caller.settings())?;
    let phone = body.phone()?;
    let posted = mfa::mfa_update_phone_number_by_token(&app, &signed_in, &phone, telling.voice()).await?;
    Ok(Answer(MessageIds::of(posted)))
}

async fn mfa_verify_phone_number_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(fields): Query<Fields>,
    Json(body): Json<Code>,
) -> Result<Answer<Box<RawValue>>> {
    factors::mfa::require_enabled(signed_in.caller.settings())?;
    let otp = Secret::new(required("otp", body.otp)?);
    let profile = mfa::mfa_verify_phone_number_by_access_token(&app, &signed_in, &otp).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn mfa_reset_sms_auth_by_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<Gone>> {
    mfa::remove_factor(&app, &signed_in, Factor::Sms).await?;
    Ok(Answer(Gone::yes()))
}

async fn reset_mfa_authenticator_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(query): Query<Removal>,
    Json(body): Json<Removal>,
) -> Result<Answer<Gone>> {
    let factor = query.factor().or(body.factor()).ok_or(Reason::MfaRemovalInvalid)?;
    mfa::remove_factor(&app, &signed_in, factor).await?;
    Ok(Answer(Gone::yes()))
}

async fn mfa_reset_sms_auth_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<Gone>> {
    mfa::remove_factor_by_uid(&app, &admin, &account.uid()?, Factor::Sms).await?;
    Ok(Answer(Gone::yes()))
}

async fn reset_mfa_authenticator_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
    Query(query): Query<Removal>,
    Json(body): Json<Removal>,
) -> Result<Answer<Gone>> {
    let uid = account.uid()?;
    let factor = query.factor().or(body.factor()).ok_or(Reason::MfaRemovalInvalid)?;
    mfa::remove_factor_by_uid(&app, &admin, &uid, factor).await?;
    Ok(Answer(Gone::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Code {
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The phone number with its country.
    #[schemars(required)]
    phoneno2fa: Option<String>,
}

impl Number {
    fn phone(self) -> Result<Phone> {
        Ok(Phone::parse(&required("phoneno2fa", self.phoneno2fa)?)?)
    }
}

/// Which factor goes. The SDKs name it in the body, older clients in the query.
#[derive(Deserialize, JsonSchema)]
struct Removal {
    /// The second phone.
    otpauthenticator: Flag,
    /// The authenticator app.
    authenticator: Flag,
    /// The authenticator app, under its former name.
    googleauthenticator: Flag,
}

impl Removal {
    fn factor(&self) -> Option<Factor> {
        if self.otpauthenticator.0 {
            return Some(Factor::Sms);
        }
        (self.authenticator.0 || self.googleauthenticator.0).then_some(Factor::Authenticator)
    }
}
