//! Codes by email as a second factor.

use crate::caller::{AccessToken, ApiSecret, MfaToken};
use crate::ops::answers::{Done, Gone, LoginAnswer, RiskTemplates, Spoken, Whose, second_factor};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Flag, Json, Query, Result, required};
use axum::extract::State;
use doorward_flows::access::Caller;
use doorward_flows::credentials::mfa;

use doorward_flows::factors::mfa::Factor;
use doorward_flows::{App, factors};
use doorward_model::identifier::Email;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    Routes::group("Second factors")
        .post("/identity/v2/auth/login/2fa/email", resend_email_otpmfa_token, "Send the code of a login by email")
        .alias("/identity/v2/auth/login/2fa/otp/email")
        .put("/identity/v2/auth/login/2fa/email", validate_mfa_otp_by_email, "Complete a login by a code sent by email")
        .alias("/identity/v2/auth/login/2fa/verification/otp/email")
        .get(
            "/identity/v2/auth/account/2fa/email",
            resend_two_factor_email_otp,
            "Send a code to the person who wants codes by email",
        )
        .changes()
        .alias("/identity/v2/auth/account/2fa/otp/email")
        .put(
            "/identity/v2/auth/account/2fa/email",
            email_otp_auth_verification_by_access_token,
            "Make codes by email a second factor of the person",
        )
        .alias("/identity/v2/auth/account/2fa/verification/otp/email")
        .delete(
            "/identity/v2/auth/account/2fa/email",
            reset_mfa_email_auth_by_access_token,
            "Remove codes by email from the person's second factors",
        )
        .alias("/identity/v2/auth/account/2fa/authenticator/otp/email")
        .delete(
            "/identity/v2/manage/account/2fa/email",
            reset_email_authenticator_by_uid,
            "Remove codes by email from an account's second factors",
        )
        .alias("/identity/v2/manage/account/2fa/authenticator/otp/email")
}

async fn resend_email_otpmfa_token(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(_): Query<Mailing>,
    Json(body): Json<Address>,
) -> Result<Answer<Done>> {
    let token = present(&caller, token)?;
    mfa::resend_email_otpmfa_token(&app, &caller, &token, &body.email()?).await?;
    Ok(Answer(Done::yes()))
}

async fn validate_mfa_otp_by_email(
    State(app): State<App>,
    MfaToken(caller, token): MfaToken,
    Query(_): Query<Spoken>,
    Query(templates): Query<RiskTemplates>,
    Query(fields): Query<Fields>,
    Json(body): Json<Proof>,
) -> Result<Answer<LoginAnswer>> {
    let token = present(&caller, token)?;
    let (email, otp) = body.proof()?;
    let templates = serde_json::to_value(templates).map_err(anyhow::Error::from)?;
    let login = mfa::validate_mfa_otp_by_email(&app, &caller, &token, (&email, &otp), &templates).await?;
    Ok(Answer(LoginAnswer::of(login, &fields)))
}

async fn resend_two_factor_email_otp(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(address): Query<Address>,
    Query(_): Query<Mailing>,
) -> Result<Answer<Done>> {
    factors::mfa::require_email(signed_in.caller.settings())?;
    let email = address.text().map(|text| Email::parse(&text)).transpose()?;
    mfa::resend_two_factor_email_otp(&app, &signed_in, email.as_ref()).await?;
    Ok(Answer(Done::yes()))
}

async fn email_otp_auth_verification_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(fields): Query<Fields>,
    Json(body): Json<Proof>,
) -> Result<Answer<Box<RawValue>>> {
    factors::mfa::require_email(signed_in.caller.settings())?;
    let (email, otp) = body.proof()?;
    let profile = mfa::email_otp_auth_verification_by_access_token(&app, &signed_in, &email, &otp).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn reset_mfa_email_auth_by_access_token(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<Gone>> {
    mfa::remove_factor(&app, &signed_in, Factor::Email).await?;
    Ok(Answer(Gone::yes()))
}

async fn reset_email_authenticator_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<Gone>> {
    mfa::remove_factor_by_uid(&app, &admin, &account.uid()?, Factor::Email).await?;
    Ok(Answer(Gone::yes()))
}

/// The token of a login that waits; the tenant's switches are asked first.
fn present(caller: &Caller, token: Option<Secret>) -> Result<Secret> {
    factors::mfa::require_email(caller.settings())?;
    second_factor::present(token)
}

/// How a code by email is told.
#[derive(Deserialize, JsonSchema)]
struct Mailing {
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate2fa")]
    _template: Option<String>,
    /// Taken, and without effect: no mail is spoken.
    #[serde(rename = "isvoiceotp")]
    _voice: Flag,
}

/// An address. Wire: its name is one of two in the contract, and one of three in clients.
#[derive(Deserialize, JsonSchema)]
struct Address {
    /// An address that the account has proved.
    email: Option<String>,
    /// The same under its former name.
    emailid: Option<String>,
    /// The same under a name still older.
    email_id: Option<String>,
}

impl Address {
    fn text(self) -> Option<String> {
        [self.email, self.emailid, self.email_id].into_iter().flatten().find(|text| !text.trim().is_empty())
    }

    fn email(self) -> Result<Email> {
        Ok(Email::parse(&required("email", self.text())?)?)
    }
}

/// An address and the code that was sent there.
#[derive(Deserialize, JsonSchema)]
struct Proof {
    /// An address that the account has proved.
    email: Option<String>,
    /// The same under its former name.
    emailid: Option<String>,
    /// The same under a name still older.
    email_id: Option<String>,
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
}

impl Proof {
    fn proof(self) -> Result<(Email, Secret)> {
        let address = Address { email: self.email, emailid: self.emailid, email_id: self.email_id };
        let text = required("emailid", address.text())?;
        let otp = Secret::new(required("otp", self.otp)?);
        Ok((Email::parse(&text)?, otp))
    }
}
