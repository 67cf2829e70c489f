//! Operations that show what they were given.

use crate::answer::Answer;
use crate::caller::{AccessToken, ApiKey, ApiSecret, MaybeAccessToken, Sott};
use crate::error::Result;
use crate::json::{Body, Json};
use crate::path::Path;
use crate::query::{Flag, Query};
use crate::routes::Routes;
use crate::shape::Fields;
use axum::extract::State;
use axum::http::Method;
use doorward_flows::App;
use doorward_model::reason::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The web origin of the tenant with the key `k`.
pub(crate) const ORIGIN: &str = "https://app.example.com";

/// One operation of every kind.
pub(crate) fn sample() -> Routes {
    let samples = Routes::group("Samples")
        .put("/sample/{uid}", put_sample, "Show what was sent")
        .alias_by(Method::POST, "/older/{uid}")
        .get("/large", get_large, "Show a lot");
    let odd = Routes::group("Odd")
        .get("/broken", break_down, "Fail")
        .delete("/broken", break_down_otherwise, "Fail with another code")
        .internal_error(Reason::InternalError)
        .get("/panic", panic_at_once, "Panic")
        .post("/all", take_all, "Take every credential");
    Routes::all([samples, odd])
}

#[derive(Deserialize, JsonSchema)]
struct ByUid {
    /// The account.
    uid: String,
}

#[derive(Deserialize, JsonSchema)]
struct Templates {
    /// Name of a template of the tenant.
    template: Option<String>,
    /// Speaks the code instead of writing it.
    isvoiceotp: Flag,
}

#[derive(Deserialize, JsonSchema)]
struct Sent {
    /// The code.
    otp: String,
    note: Option<String>,
    remember: Flag,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    seen: Vec<Option<String>>,
    spoken: bool,
}

async fn put_sample(
    State(_): State<App>,
    ApiKey(_): ApiKey,
    Path(path): Path<ByUid>,
    Query(templates): Query<Templates>,
    Query(_): Query<Fields>,
    Json(sent): Json<Sent>,
) -> Result<Answer<Shown>> {
    let mut seen = vec![Some(path.uid), templates.template, Some(sent.otp)];
    seen.extend(sent.note.map(Some));
    Ok(Answer(Shown { seen, spoken: templates.isvoiceotp.0 || sent.remember.0 }))
}

async fn get_large(ApiKey(_): ApiKey) -> Result<Answer<Vec<u32>>> {
    Ok(Answer(vec![7; 10_000]))
}

async fn break_down() -> Result<Answer<()>> {
    Err(anyhow::anyhow!("the disk is gone").into())
}

async fn break_down_otherwise() -> Result<Answer<()>> {
    break_down().await
}

async fn panic_at_once() -> Result<Answer<()>> {
    panic!("a panic that a test asked for")
}

async fn take_all(
    AccessToken(signed_in): AccessToken,
    ApiSecret(admin): ApiSecret,
    MaybeAccessToken(caller, _): MaybeAccessToken,
    Sott(sott): Sott,
    Body(_): Body,
) -> Result<Answer<Vec<String>>> {
    let visits = [signed_in.caller.visit, admin.caller.visit, caller.visit].map(|visit| visit.ip.to_string());
    Ok(Answer(visits.into_iter().chain([sott]).collect()))
}

/// An installation whose only tenant has the key `k`.
pub(crate) fn app() -> App {
    App { trusted_proxies: std::sync::Arc::from([]) }
}
