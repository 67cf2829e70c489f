//! Step-up: somebody signed in proves once more who they are, and the back end asks whether they did.

use crate::caller::{AccessToken, ApiSecret, Releasing, SecurityAnswers};
use crate::ops::answers::{Done, FactorsAnswer, Telling2fa, second_factor};
use crate::routes::Routes;
use crate::wire::describe::{Describe, Page};
use crate::wire::{Answer, Error, Json, Path, Query, Result, required};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use doorward_flows::access::{Admin, SignedIn};
use doorward_flows::credentials::step_up;
use doorward_flows::factors::{mfa, pin};
use doorward_flows::{App, session};

use doorward_flows::credentials::step_up::Given;
use doorward_flows::credentials::step_up::Mailing;

use doorward_flows::session::step_up::{Kind, Proof};
use doorward_model::id::Uid;
use doorward_model::identifier::Email;
use doorward_model::pin::Pin;
use doorward_model::reason::Reason;
use doorward_model::refusal::Refusal;
use doorward_model::secret::Secret;
use doorward_model::security_question::Answers;
use doorward_model::settings::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) fn routes() -> Routes {
    const PLAIN_MAIL: &str = "/identity/v2/auth/account/reauth/otp/email";
    Routes::group("Step-up")
        .put("/identity/v2/auth/account/reauth/password", reauth_password, "Prove once more who one is by the password")
        .put("/identity/v2/auth/account/reauth/pin", reauth_pin, "Prove once more who one is by the PIN")
        .get(PLAIN_MAIL, send_re_auth_email_otp, "Send a code that proves once more who one is by email")
        .changes()
        .put(PLAIN_MAIL, validate_email_otp_for_reauth, "Prove once more who one is by a code sent by email")
        .get(
            "/identity/v2/auth/account/reauth/2fa",
            reauth_trigger,
            "Tell by which second factors the person may prove once more who they are, and send a code to the phone",
        )
        .changes()
        .put(
            "/identity/v2/auth/account/reauth/2fa/{type}",
            validate_reauth_mfa,
            "Prove once more who one is by a second factor",
        )
        .alias("/identity/v2/auth/account/reauth/2fa/authenticatorcode")
        .alias("/identity/v2/auth/account/reauth/2fa/backupcode")
        .alias("/identity/v2/auth/account/reauth/2fa/googleauthenticatorcode")
        .alias("/identity/v2/auth/account/reauth/2fa/otp")
        .get(
            "/identity/v2/auth/account/reauth/2fa/email",
            send_email_otp_for_reauth_mfa,
            "Send a code by email that is a second factor",
        )
        .changes()
        .alias("/identity/v2/auth/account/reauth/2fa/otp/email")
        .put(
            "/identity/v2/auth/account/reauth/2fa/otp/email/verify",
            validate_email_otp_for_reauth_mfa,
            "Prove once more who one is by a code sent by email that is a second factor",
        )
        .post(
            "/identity/v2/auth/account/reauth/2fa/securityquestionanswer/verify",
            validate_security_question_reauth_mfa,
            "Prove once more who one is by answers to security questions",
        )
        .post(
            "/identity/v2/manage/account/{uid}/reauth/password",
            validate_second_factor_token_for_password,
            "Tell whether the person has just given their password",
        )
        .post(
            "/identity/v2/manage/account/{uid}/reauth/pin",
            validate_second_factor_token_for_pin,
            "Tell whether the person has just given their PIN",
        )
        .post(
            "/identity/v2/manage/account/{uid}/reauth/2fa",
            verify_reauth_token_by_mfa,
            "Tell whether the person has just proved a second factor",
        )
}

async fn reauth_password(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(body): Json<ByPassword>,
) -> Result<Answer<ProofAnswer>> {
    require_enabled(&signed_in)?;
    let password = Secret::new(required("password", body.password)?);
    let proof = step_up::reauth_password(&app, &signed_in, &password, &release).await?;
    Ok(Answer(ProofAnswer::of(&proof)))
}

async fn reauth_pin(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(body): Json<ByPin>,
) -> Result<Answer<ProofAnswer>> {
    require_enabled(&signed_in)?;
    pin::require_pin(&signed_in.caller)?;
    let pin = Pin::new(Secret::new(required("pin", body.pin)?));
    let proof = step_up::reauth_pin(&app, &signed_in, &pin, &release).await?;
    Ok(Answer(ProofAnswer::of(&proof)))
}

async fn send_re_auth_email_otp(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(to): Query<SendTo>,
) -> Result<Answer<Done>> {
    send_by_mail(&app, &signed_in, to, Mailing::Plain).await
}

async fn send_email_otp_for_reauth_mfa(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(to): Query<SendTo>,
) -> Result<Answer<Done>> {
    send_by_mail(&app, &signed_in, to, Mailing::SecondFactor).await
}

async fn send_by_mail(app: &App, signed_in: &SignedIn, to: SendTo, mailing: Mailing) -> Result<Answer<Done>> {
    require_enabled(signed_in)?;
    let named = to.emailid.or(to.email_id).filter(|text| !text.trim().is_empty());
    let email = named.map(|text| Email::parse(&text)).transpose()?;
    step_up::send_email_otp(app, signed_in, email.as_ref(), mailing).await?;
    Ok(Answer(Done::yes()))
}

async fn validate_email_otp_for_reauth(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(body): Json<ByMail>,
) -> Result<Answer<ProofAnswer>> {
    require_enabled(&signed_in)?;
    let (email, otp) = body.read()?;
    let proof = step_up::validate_email_otp(&app, &signed_in, (&email, &otp), Mailing::Plain, &release).await?;
    Ok(Answer(ProofAnswer::of(&proof)))
}

async fn validate_email_otp_for_reauth_mfa(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Releasing(release): Releasing,
    Json(body): Json<ByMail>,
) -> Result<Answer<ProofAnswer>> {
    require_enabled(&signed_in)?;
    let (email, otp) = body.read()?;
    let proof = step_up::validate_email_otp(&app, &signed_in, (&email, &otp), Mailing::SecondFactor, &release).await?;
    Ok(Answer(ProofAnswer::of(&proof)))
}

async fn reauth_trigger(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Query(telling): Query<Telling2fa>,
) -> Result<Answer<FactorsAnswer>> {
    let shown = step_up::reauth_trigger(&app, &signed_in, telling.voice()).await?;
    Ok(Answer(FactorsAnswer::of(shown)))
}

async fn validate_reauth_mfa(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Factor(factor): Factor,
    // Wire: what says how a code is told is taken and does nothing: none is sent from here.
    Query(_): Query<Telling2fa>,
    Releasing(release): Releasing,
    Json(body): Json<ByFactor>,
) -> Result<Answer<ProofAnswer>> {
    require_enabled(&signed_in)?;
    mfa::require_enabled(signed_in.caller.settings())?;
    let given = body.read(signed_in.caller.settings(), &factor)?;
    let proof = step_up::validate_reauth_mfa(&app, &signed_in, &given, &release).await?;
    Ok(Answer(ProofAnswer::of(&proof)))
}

async fn validate_security_question_reauth_mfa(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<ByAnswers>,
) -> Result<Answer<ProofAnswer>> {
    require_enabled(&signed_in)?;
    let answers = body.securityquestionanswer.as_ref().map(Answers::read).transpose()?.flatten();
    let answers = answers.ok_or_else(|| Refusal::missing("securityquestionanswer"))?;
    let proof = step_up::validate_security_question_reauth_mfa(&app, &signed_in, &answers).await?;
    Ok(Answer(ProofAnswer::of(&proof)))
}

async fn validate_second_factor_token_for_password(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Json(body): Json<Shown>,
) -> Result<Answer<Valid>> {
    validate(&app, &admin, path, body, Kind::Password).await
}

async fn validate_second_factor_token_for_pin(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Json(body): Json<Shown>,
) -> Result<Answer<Valid>> {
    validate(&app, &admin, path, body, Kind::Pin).await
}

async fn verify_reauth_token_by_mfa(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Json(body): Json<Shown>,
) -> Result<Answer<Valid>> {
    validate(&app, &admin, path, body, Kind::SecondFactor).await
}

async fn validate(app: &App, admin: &Admin, path: ByUid, body: Shown, kind: Kind) -> Result<Answer<Valid>> {
    session::step_up::require_enabled(admin.caller.settings())?;
    let token = Secret::new(required("secondfactorvalidationtoken", body.secondfactorvalidationtoken)?);
    session::step_up::validate_second_factor_token(app, admin, &Uid::new(path.uid), kind, &token).await?;
    Ok(Answer(Valid { is_valid: true }))
}

fn require_enabled(signed_in: &SignedIn) -> Result<(), Reason> {
    session::step_up::require_enabled(signed_in.caller.settings())
}

/// The last segment of the path: the second factor.
///
// Wire: paths of the clients say by themselves what `{type}` says.
struct Factor(String);

impl<S: Sync> FromRequestParts<S> for Factor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Factor> {
        Ok(Factor(parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned()))
    }
}

impl Describe for Factor {
    fn describe(page: &mut Page<'_>) {
        page.path::<FactorPath>();
    }
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "it only describes the path")]
struct FactorPath {
    /// The second factor: `otp`, `authenticatorcode` (formerly `googleauthenticatorcode`) or `backupcode`.
    r#type: String,
}

#[derive(Deserialize, JsonSchema)]
struct ByPassword {
    /// The present password.
    #[schemars(required)]
    password: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

#[derive(Deserialize, JsonSchema)]
struct ByPin {
    /// The PIN.
    #[schemars(required)]
    pin: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

#[derive(Deserialize, JsonSchema)]
struct SendTo {
    /// An address of the account; without it the first one that stands for the account.
    emailid: Option<String>,
    /// The same, as older clients name it.
    email_id: Option<String>,
    /// Name of the email's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate2fa")]
    _template: Option<String>,
    /// The same under another name.
    #[serde(rename = "emailtemplate")]
    _other_template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ByMail {
    /// The address that the code was sent to.
    #[schemars(required)]
    emailid: Option<String>,
    /// The same, as older clients name it.
    email_id: Option<String>,
    /// The code in the message.
    #[schemars(required)]
    otp: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

impl ByMail {
    fn read(self) -> Result<(Email, Secret)> {
        let email = Email::parse(&required("emailid", self.emailid.or(self.email_id))?)?;
        Ok((email, Secret::new(required("otp", self.otp)?)))
    }
}

#[derive(Deserialize, JsonSchema)]
struct ByFactor {
    /// The code that was sent to the second phone.
    otp: Option<String>,
    /// The code that the authenticator app shows.
    authenticatorcode: Option<String>,
    /// The same, under its former name.
    googleauthenticatorcode: Option<String>,
    /// One of the backup codes, in any case and grouping.
    backupcode: Option<String>,
    /// Answers to security questions by their ids, where a lock asks for them.
    #[serde(rename = "securityanswer")]
    _answers: Option<SecurityAnswers>,
}

impl ByFactor {
    /// What the path names.
    fn read(self, settings: &Settings, factor: &str) -> Result<Given> {
        Ok(match factor {
            "otp" => Given::Otp(Secret::new(required("otp", self.otp)?)),
            "authenticatorcode" | "googleauthenticatorcode" => {
                mfa::require_authenticator(settings)?;
                Given::AuthenticatorCode(second_factor::shown_code(
                    self.authenticatorcode,
                    self.googleauthenticatorcode,
                )?)
            }
            "backupcode" => {
                mfa::require_backup_codes(settings)?;
                Given::BackupCode(Secret::new(required("backupcode", self.backupcode)?))
            }
            _ => return Err(Reason::NoSuchOperation.into()),
        })
    }
}

#[derive(Deserialize, JsonSchema)]
struct ByAnswers {
    /// The answers: a list of `QuestionId` and `Answer`, or an object of ids and answers.
    #[schemars(required)]
    securityquestionanswer: Option<Value>,
}

#[derive(Deserialize, JsonSchema)]
struct ByUid {
    /// The account.
    uid: String,
}

#[derive(Deserialize, JsonSchema)]
struct Shown {
    /// What the person got for the proof.
    #[schemars(required)]
    secondfactorvalidationtoken: Option<String>,
}

/// What somebody gets who proved who they are.
#[derive(Serialize, JsonSchema)]
struct ProofAnswer {
    /// Shows the proof to the back end, once.
    #[serde(rename = "SecondFactorValidationToken")]
    token: String,
    /// When it ends, RFC 3339 in UTC.
    #[serde(rename = "ExpireIn")]
    expires_in: String,
}

impl ProofAnswer {
    fn of(proof: &Proof) -> ProofAnswer {
        ProofAnswer { token: proof.token.expose().to_owned(), expires_in: proof.expires_at.to_wire() }
    }
}

/// That it is so.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Valid {
    /// Always true.
    is_valid: bool,
}
