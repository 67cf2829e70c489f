//! Single things of an account, for the application's back end.

use crate::caller::ApiSecret;
use crate::ops::answers::{Done, Telling};
use crate::routes::Routes;
use crate::wire::{Answer, Fields, Json, Path, Query, Result, required};
use axum::extract::State;
use doorward_flows::accounts::{self, contact, credentials, uid, verification};
use doorward_flows::{App, session};

use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone};
use doorward_model::profile::EmailEntry;
use doorward_model::reason::Reason;
use doorward_model::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    const PASSWORD: &str = "/identity/v2/manage/account/{uid}/password";
    const EMAIL: &str = "/identity/v2/manage/account/{uid}/email";
    Routes::group("Accounts")
        .put(PASSWORD, set_profile_password, "Set an account's password")
        .get(PASSWORD, get_profile_password, "Read the hash of an account's password")
        .put(EMAIL, upsert_email_for_account, "Add addresses to an account, or replace those of the same type")
        .delete(EMAIL, delete_email_from_account, "Take an address from an account")
        .put("/identity/v2/manage/account/{uid}/phoneid", update_phone_number, "Change an account's login phone")
        .put(
            "/identity/v2/manage/account/{uid}/invalidatephone",
            reset_phone_verification,
            "Ask for a new proof of an account's login phone",
        )
        .put(
            "/identity/v2/manage/account/{uid}/invalidateemail",
            invalidate_email_verification,
            "Ask for new proofs of an account's addresses",
        )
        .put("/identity/v2/manage/account/uid", update_account_uid, "Change an account's uid")
        .get("/identity/v2/manage/account/identities", get_identities, "Read the accounts that hold an address")
        .get("/identity/v2/manage/account/access_token", get_impersonation_token, "Open a session in a person's name")
        .changes()
}

async fn set_profile_password(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Json(body): Json<NewPassword>,
) -> Result<Answer<PasswordHash>> {
    let password = Secret::new(required("password", body.password)?);
    let hash = credentials::set_profile_password(&app, &admin, &path.uid(), &password).await?;
    Ok(Answer(PasswordHash::of(Some(hash))))
}

async fn get_profile_password(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
) -> Result<Answer<PasswordHash>> {
    let hash = credentials::get_profile_password(&app, &admin, &path.uid()).await?;
    Ok(Answer(PasswordHash::of(hash)))
}

async fn upsert_email_for_account(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(fields): Query<Fields>,
    Json(body): Json<Addresses>,
) -> Result<Answer<Box<RawValue>>> {
    let addresses = body.email.into_iter().flatten();
    let entries: Vec<EmailEntry> =
        addresses.map(|address| EmailEntry { kind: address.kind, value: address.value }).collect();
    let profile = contact::upsert_email_for_account(&app, &admin, &path.uid(), &entries).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn delete_email_from_account(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(fields): Query<Fields>,
    Json(body): Json<OneAddress>,
) -> Result<Answer<Box<RawValue>>> {
    let email = Email::parse(&required("email", body.email)?)?;
    let profile = contact::delete_email_from_account(&app, &admin, &path.uid(), &email).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn update_phone_number(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(fields): Query<Fields>,
    Json(body): Json<Number>,
) -> Result<Answer<Box<RawValue>>> {
    let phone = Phone::parse(&required("phone", body.phone)?)?;
    let profile = contact::update_phone_number(&app, &admin, &path.uid(), &phone).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn reset_phone_verification(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(telling): Query<Telling>,
) -> Result<Answer<Done>> {
    verification::reset_phone_verification(&app, &admin, &path.uid(), telling.voice()).await?;
    Ok(Answer(Done::yes()))
}

async fn invalidate_email_verification(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(mail): Query<Mail>,
) -> Result<Answer<Done>> {
    let page = mail.verificationurl.as_deref();
    verification::invalidate_email_verification(&app, &admin, &path.uid(), page).await?;
    Ok(Answer(Done::yes()))
}

async fn update_account_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(which): Query<Which>,
    Json(body): Json<NewUid>,
) -> Result<Answer<Done>> {
    let from = which.uid()?;
    let to = Uid::parse(&required("NewUid", body.new_uid)?).ok_or(Reason::UidInvalid)?;
    uid::update_account_uid(&app, &admin, &from, &to).await?;
    Ok(Answer(Done::yes()))
}

async fn get_identities(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(holder): Query<Holder>,
    Query(fields): Query<Fields>,
) -> Result<Answer<Identities>> {
    let email = Email::parse(&required("email", holder.email)?)?;
    let profiles = accounts::get_identities(&app, &admin, email).await?;
    Ok(Answer(Identities { data: profiles.into_iter().map(|profile| fields.prune(profile)).collect() }))
}

async fn get_impersonation_token(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(which): Query<Which>,
) -> Result<Answer<ImpersonationAnswer>> {
    let impersonated = session::impersonate(&app, &admin, &which.uid()?).await?;
    Ok(Answer(ImpersonationAnswer {
        access_token: impersonated.access.expose().to_owned(),
        refresh_token: None,
        expires_in: impersonated.expires_at.to_wire(),
    }))
}

#[derive(Deserialize, JsonSchema)]
struct ByUid {
    /// The account.
    uid: String,
}

impl ByUid {
    fn uid(self) -> Uid {
        Uid::new(self.uid)
    }
}

#[derive(Deserialize, JsonSchema)]
struct Which {
    /// The account.
    #[schemars(required)]
    uid: Option<String>,
}

impl Which {
    fn uid(self) -> Result<Uid> {
        Ok(Uid::new(required("uid", self.uid)?))
    }
}

#[derive(Deserialize, JsonSchema)]
struct NewPassword {
    /// The new password.
    #[schemars(required)]
    password: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct PasswordHash {
    /// What is kept of the password, with algorithm, parameters and salt; null when there is none.
    password_hash: Option<String>,
}

impl PasswordHash {
    fn of(hash: Option<Secret>) -> PasswordHash {
        PasswordHash { password_hash: hash.map(|hash| hash.expose().to_owned()) }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Addresses {
    /// The addresses.
    #[schemars(required)]
    email: Option<Vec<Address>>,
}

#[derive(Deserialize, JsonSchema)]
struct Address {
    /// What it is for, such as `Primary`.
    #[serde(rename = "Type")]
    #[schemars(required)]
    kind: Option<String>,
    /// The address.
    #[serde(rename = "Value")]
    #[schemars(required)]
    value: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct OneAddress {
    /// The address.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Number {
    /// The phone number with its country.
    #[schemars(required)]
    phone: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Mail {
    /// The page that the links lead to; one of the tenant's.
    verificationurl: Option<String>,
    /// Name of the message's template; an unknown name means the usual one.
    #[serde(rename = "emailtemplate")]
    _template: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct NewUid {
    /// The new uid: 1 to 64 visible ASCII characters.
    #[serde(rename = "NewUid")]
    #[schemars(required)]
    new_uid: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Holder {
    /// An address.
    #[schemars(required)]
    email: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Identities {
    /// The profiles; none when nobody holds the address.
    data: Vec<Box<RawValue>>,
}

#[derive(Serialize, JsonSchema)]
struct ImpersonationAnswer {
    /// Opens what belongs to the person.
    access_token: String,
    /// Always null: such a session is not renewed.
    refresh_token: Option<String>,
    /// When the access token ends, RFC 3339 in UTC.
    expires_in: String,
}
