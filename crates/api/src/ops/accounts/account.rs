//! Accounts, for the application's back end.

use crate::caller::ApiSecret;
use crate::ops::answers::Erasing;
use crate::routes::Routes;
use crate::wire::{Answer, Body, Fields, Path, Query, Result, required};
use axum::extract::State;
use doorward_flows::App;
use doorward_flows::accounts::{self, Which};
use doorward_model::id::Uid;
use doorward_model::identifier::{Email, Phone, Username};
use doorward_model::refusal::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub(super) fn routes() -> Routes {
    const ACCOUNT: &str = "/identity/v2/manage/account";
    const BY_UID: &str = "/identity/v2/manage/account/{uid}";
    Routes::group("Accounts")
        .post(ACCOUNT, create_user, "Make an account")
        .get(ACCOUNT, get_account_identity, "Read an account by email, phone or user name")
        .delete(ACCOUNT, delete_account_by_email, "Delete an account by email")
        .get(BY_UID, get_account_identity_by_uid, "Read an account")
        .put(BY_UID, update_account_profile_by_uid, "Change an account")
        .delete(BY_UID, delete_account_by_uid, "Delete an account")
}

async fn create_user(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(fields): Query<Fields>,
    Body(body): Body,
) -> Result<Answer<Box<RawValue>>> {
    let profile = accounts::create_user(&app, &admin, &body).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn get_account_identity(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(who): Query<Who>,
    Query(fields): Query<Fields>,
) -> Result<Answer<Box<RawValue>>> {
    let profile = accounts::get_account_identity(&app, &admin, who.which()?).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn get_account_identity_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(fields): Query<Fields>,
) -> Result<Answer<Box<RawValue>>> {
    let profile = accounts::get_account_identity(&app, &admin, Which::Uid(path.uid())).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn update_account_profile_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
    Query(erasing): Query<Erasing>,
    Query(fields): Query<Fields>,
    Body(body): Body,
) -> Result<Answer<Box<RawValue>>> {
    let profile = accounts::update_account(&app, &admin, &path.uid(), &body, erasing.nulls()).await?;
    Ok(Answer(fields.prune(profile)))
}

async fn delete_account_by_uid(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Path(path): Path<ByUid>,
) -> Result<Answer<Deleted>> {
    let records = accounts::delete_account(&app, &admin, Which::Uid(path.uid())).await?;
    Ok(Answer(Deleted { is_deleted: true, records_deleted: records }))
}

async fn delete_account_by_email(
    State(app): State<App>,
    ApiSecret(admin): ApiSecret,
    Query(who): Query<Who>,
) -> Result<Answer<Deleted>> {
    let email = Email::parse(&required("email", who.email)?)?;
    let records = accounts::delete_account(&app, &admin, Which::Email(email)).await?;
    Ok(Answer(Deleted { is_deleted: true, records_deleted: records }))
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
struct Who {
    /// An address of the account; or one of the two below.
    email: Option<String>,
    /// Its login phone.
    phone: Option<String>,
    /// Its user name.
    username: Option<String>,
}

impl Who {
    /// 908 when nobody is named.
    fn which(self) -> Result<Which, Refusal> {
        Ok(match (self.email, self.phone, self.username) {
            (Some(email), _, _) => Which::Email(Email::parse(&email)?),
            (None, Some(phone), _) => Which::Phone(Phone::parse(&phone)?),
            (None, None, Some(username)) => Which::Username(Username::parse(&username)?),
            (None, None, None) => return Err(Refusal::missing("email")),
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Deleted {
    /// Always true.
    is_deleted: bool,
    /// How many accounts were deleted.
    records_deleted: u64,
}
