//! Passkeys as first factor: registered, used, replaced, listed and removed.

use crate::caller::{AccessToken, ApiKey, ApiSecret, Captcha, PasskeyToken, Releasing};
use crate::ops::answers::{
    CreationAnswer, Credential, Done, Gone, Invited, LoginAnswer, PasskeysAnswer, PostedLogin, Presented,
    RequestAnswer, Verifying, Whose,
};
use crate::routes::Routes;
use crate::wire::{Answer, Body, Fields, Json, Path, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::credentials::passkeys;
use doorward_flows::factors::passkey;

use doorward_flows::credentials::passkeys::{Joining, PasskeyLogin};

use doorward_flows::notify::Voice;
use doorward_flows::registration::Wishes;
use doorward_model::identifier::Email;
use doorward_model::refusal::Refusal;
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn routes() -> Routes {
    Routes::group("Passkeys")
        .get(
            "/identity/v2/auth/register/passkey/begin",
            begin_passkey_registration,
            "Ask for the passkey of somebody who wants an account",
        )
        .changes()
        .post("/identity/v2/auth/register/passkey/finish", finish_passkey_registration, "Register with a passkey")
        .get("/identity/v2/auth/login/passkey/begin", begin_passkey_login, "Ask for a passkey of whom is named")
        .changes()
        .post("/identity/v2/auth/login/passkey/finish", finish_passkey_login, "Sign in with a passkey")
        .get(
            "/identity/v2/auth/login/passkey/autofill/begin",
            begin_autofill_passkey_login,
            "Ask for whichever passkey there is",
        )
        .changes()
        .post(
            "/identity/v2/auth/login/passkey/autofill/finish",
            finish_autofill_passkey_login,
            "Sign in with a passkey that says whose it is",
        )
        .post("/identity/v2/auth/passkey/forgot", passkey_forgot, "Send the link that replaces lost passkeys")
        .get(
            "/identity/v2/auth/passkey/reset/begin",
            begin_passkey_reset,
            "Ask for the passkey that replaces lost ones",
        )
        .changes()
        .post("/identity/v2/auth/passkey/reset/finish", finish_passkey_reset, "Replace lost passkeys")
        .get(
            "/identity/v2/auth/account/register/passkey/begin",
            account_register_passkey_begin,
            "Ask for another passkey of the person",
        )
        .changes()
        .post(
            "/identity/v2/auth/account/register/passkey/finish",
            account_register_passkey_finish,
            "Give the person another passkey",
        )
        .get("/identity/v2/auth/account/passkey", account_list_passkey, "List the person's passkeys")
        .delete(
            "/identity/v2/auth/account/passkey/{passkeyId}",
            account_remove_passkey,
            "Remove one of the person's passkeys",
        )
        .get("/identity/v2/manage/account/passkey", list_passkey_user, "List an account's passkeys")
        .delete(
            "/identity/v2/manage/account/passkey/{passkeyId}",
            delete_passkey_by_uid,
            "Remove one of an account's passkeys",
        )
}

async fn begin_passkey_registration(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(query): Query<Identifier>,
) -> Result<Answer<CreationAnswer>> {
    passkey::require_passkeys(&caller)?;
    let email = Email::parse(&required("identifier", query.identifier)?)?;
    Ok(Answer(CreationAnswer::of(passkeys::begin_passkey_registration(&app, &caller, &email).await?)))
}

async fn finish_passkey_registration(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(verifying): Query<Verifying>,
    Query(options): Query<Options>,
    Query(invited): Query<Invited>,
    Query(fields): Query<Fields>,
    Body(mut body): Body,
) -> Result<Answer<PostedLogin>> {
    passkey::require_passkeys(&caller)?;
    let given = Credential::take_from(&mut body)?.given();
    invited.require_found()?;
    let wishes = Wishes {
        verification_url: verifying.verificationurl.as_deref(),
        options: options.options.as_deref(),
        voice: Voice::No,
    };
    let joining = Joining { given: &given, body: &body, wishes };
    let login = passkeys::finish_passkey_registration(&app, &caller, joining).await?;
    Ok(Answer(PostedLogin::of(login, &fields)))
}

async fn begin_passkey_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(query): Query<Identifier>,
    // Wire: taken here and used at the end, where it is sent again.
    Query(_): Query<Verifying>,
) -> Result<Answer<RequestAnswer>> {
    passkey::require_passkeys(&caller)?;
    let identifier = required("identifier", query.identifier)?;
    Ok(Answer(RequestAnswer::of(passkeys::begin_passkey_login(&app, &caller, &identifier).await?)))
}

async fn finish_passkey_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(verifying): Query<Verifying>,
    Query(invited): Query<Invited>,
    Query(fields): Query<Fields>,
    Releasing(release): Releasing,
    Json(body): Json<Presented>,
) -> Result<Answer<LoginAnswer>> {
    let given = body.given();
    invited.require_found()?;
    let login =
        PasskeyLogin { given: &given, verification_url: verifying.verificationurl.as_deref(), release: &release };
    Ok(Answer(LoginAnswer::of(passkeys::finish_passkey_login(&app, &caller, login).await?, &fields)))
}

async fn begin_autofill_passkey_login(State(app): State<App>, ApiKey(caller): ApiKey) -> Result<Answer<RequestAnswer>> {
    Ok(Answer(RequestAnswer::of(passkeys::begin_autofill_passkey_login(&app, &caller).await?)))
}

async fn finish_autofill_passkey_login(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Query(verifying): Query<Verifying>,
    Query(invited): Query<Invited>,
    Query(fields): Query<Fields>,
    Releasing(release): Releasing,
    Json(body): Json<Presented>,
) -> Result<Answer<LoginAnswer>> {
    let given = body.given();
    invited.require_found()?;
    let login =
        PasskeyLogin { given: &given, verification_url: verifying.verificationurl.as_deref(), release: &release };
    Ok(Answer(LoginAnswer::of(passkeys::finish_autofill_passkey_login(&app, &caller, login).await?, &fields)))
}

async fn passkey_forgot(
    State(app): State<App>,
    ApiKey(caller): ApiKey,
    Captcha(captcha): Captcha,
    Query(page): Query<ResetPage>,
    Json(body): Json<Forgotten>,
) -> Result<Answer<Done>> {
    passkey::require_passkeys(&caller)?;
    let email = required("email", body.email)?;
    let page = page.resetpasskeyurl.as_deref();
    passkeys::passkey_forgot(&app, &caller, &email, page, captcha.as_ref()).await?;
    Ok(Answer(Done::yes()))
}

async fn begin_passkey_reset(
    State(app): State<App>,
    PasskeyToken(caller, token): PasskeyToken,
) -> Result<Answer<CreationAnswer>> {
    passkey::require_passkeys(&caller)?;
    let token = token.ok_or_else(|| Refusal::missing("vtoken"))?;
    Ok(Answer(CreationAnswer::of(passkeys::begin_passkey_reset(&app, &caller, &token).await?)))
}

async fn finish_passkey_reset(
    State(app): State<App>,
    PasskeyToken(caller, token): PasskeyToken,
    Json(body): Json<Presented>,
) -> Result<Answer<Done>> {
    passkey::require_passkeys(&caller)?;
    let token = body.token().or(token).ok_or_else(|| Refusal::missing("vtoken"))?;
    passkeys::finish_passkey_reset(&app, &caller, &token, &body.given()).await?;
    Ok(Answer(Done::yes()))
}

async fn account_register_passkey_begin(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<CreationAnswer>> {
    Ok(Answer(CreationAnswer::of(passkeys::account_register_passkey_begin(&app, &signed_in).await?)))
}

async fn account_register_passkey_finish(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Json(body): Json<Presented>,
) -> Result<Answer<PasskeysAnswer>> {
    let listed = passkeys::account_register_passkey_finish(&app, &signed_in, &body.given()).await?;
    Ok(Answer(PasskeysAnswer::of(listed)))
}

async fn account_list_passkey(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
) -> Result<Answer<PasskeysAnswer>> {
    Ok(Answer(PasskeysAnswer::of(passkeys::account_list_passkey(&app, &signed_in).await?)))
}

async fn account_remove_passkey(
    State(app): State<App>,
    AccessToken(signed_in): AccessToken,
    Path(id): Path<PasskeyId>,
) -> Result<Answer<Gone>> {
    passkeys::account_remove_passkey(&app, &signed_in, &id.passkeyid).await?;
    Ok(Answer(Gone::yes()))
}

async fn list_passkey_user(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(account): Query<Whose>,
) -> Result<Answer<PasskeysAnswer>> {
    Ok(Answer(PasskeysAnswer::of(passkeys::list_passkey_user(&app, &admin, &account.uid()?).await?)))
}

async fn delete_passkey_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(id): Path<PasskeyId>,
    Query(account): Query<Whose>,
) -> Result<Answer<Gone>> {
    passkeys::delete_passkey_by_uid(&app, &admin, &account.uid()?, &id.passkeyid).await?;
    Ok(Answer(Gone::yes()))
}

#[derive(Deserialize, JsonSchema)]
struct Identifier {
    /// The address; where somebody signs in also their number or user name.
    #[schemars(required)]
    identifier: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Options {
    /// `PreventVerificationEmail`, `preventverificationsms`, or both with a comma.
    options: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ResetPage {
    /// The page that the link in the message opens; one of the tenant's domains.
    resetpasskeyurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Forgotten {
    /// A proved address of the account.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct PasskeyId {
    /// The passkey's id, as the list shows it.
    #[serde(rename = "passkeyId")]
    passkeyid: String,
}
